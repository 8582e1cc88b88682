"""The commands of ``ringback``, one a module, imported only when invoked."""
