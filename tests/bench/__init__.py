"""The benchmark suite (`make bench`): stages, turns, turns under load, long conversations. No part of `make test`."""
