"""Run somebody's program while the platform misbehaves, and judge it by what reached the mock."""
