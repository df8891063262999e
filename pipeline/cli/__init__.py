"""The commands: one module each, composed like ``app.py`` from settings, models and a runner.

Enters: arguments and the environment.
Leaves: files, lines on standard error, an exit code.
Read in this order: ``__main__``, ``options``, ``convert``, ``batch``, ``compile``, ``deploy``, ``space_care``,
``doctor``, ``verify``, ``results``, ``settings_page``, ``work``, ``worker_schedule``.
Threads: those of the runner.
"""
