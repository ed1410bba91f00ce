"""The whole service under a virtual clock, by a seed: what can go wrong goes wrong, and the promises are checked."""
