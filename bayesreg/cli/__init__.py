"""The command line: `bayesreg demo`, `fit`, `path`, `compare` and `convert`."""
