import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.serial

FORK_WHILE_STARTING = """
import os, subprocess, sys, threading, time
from contextlib import nullcontext
from pipeline.process_start import starting

fork_exec, in_the_middle = subprocess._fork_exec, threading.Event()

def slow_fork_exec(*arguments):  # the process runs, and its starter has not closed the pipe's other end yet
    pid = fork_exec(*arguments)
    in_the_middle.set()
    time.sleep(0.3)
    return pid

def fork():
    in_the_middle.wait()
    if (pid := os.fork()) == 0:
        time.sleep(30)
        os._exit(0)
    forked.append(pid)

forked = []
subprocess._fork_exec = slow_fork_exec
forking = threading.Thread(target=fork)
forking.start()
with {guard}:
    process = subprocess.Popen(["/bin/true"])
print("started", flush=True)
process.wait()
forking.join()
os.kill(forked[0], 9)
os.waitpid(forked[0], 0)
"""


def start_beside_a_fork(guard: str) -> str:
    """What a process says within three seconds that starts another while one of its threads forks it."""
    command = [sys.executable, "-c", FORK_WHILE_STARTING.replace("{guard}", guard)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            said, _ = process.communicate(timeout=3)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            said, _ = process.communicate()
        return said.strip()


def test_a_process_is_started_beside_a_fork() -> None:
    assert start_beside_a_fork("starting()") == "started"


def test_without_the_guard_its_start_would_wait_for_the_fork_to_end() -> None:
    assert start_beside_a_fork("nullcontext()") == ""
