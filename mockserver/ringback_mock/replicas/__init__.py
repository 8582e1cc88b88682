"""One org on many machines: a log of writes in Redis, which every replica applies to an org of its own."""
