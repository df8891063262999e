// A value that differs from the one before, for a hidden field whose change starts a listener.
() => String(performance.now())
