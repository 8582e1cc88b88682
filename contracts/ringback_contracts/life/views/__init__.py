"""A call as the platform writes it down: functions of its state, with fields alone that are published or
were recorded. Let a call ``advance`` to now before it is shown."""
