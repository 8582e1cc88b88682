"""The rules about placing calls: each module holds those of one part of a request."""
