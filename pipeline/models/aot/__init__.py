"""Networks compiled ahead of time with AOTInductor: what they are, how a package is made, checked, kept and run."""
