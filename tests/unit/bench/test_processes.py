"""Commands under watch, and what a process tree uses."""

import os
import sys

from bench import processes

WITH_A_CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(2_000_000))']); print('done'); sys.exit(3)"
ENDLESS = "while True: pass"


def test_a_command_gives_its_output_its_code_and_the_processor_time_of_its_children_too() -> None:
    ran = processes.run([sys.executable, "-c", WITH_A_CHILD], limit=60)
    assert (ran.code, ran.stdout, ran.stderr, ran.in_time) == (3, "done\n", "", True)
    assert ran.cpu_seconds > 0


def test_an_endless_command_is_interrupted() -> None:
    ran = processes.run([sys.executable, "-c", ENDLESS], limit=0.5, watch_memory=True)
    assert not ran.in_time
    assert "KeyboardInterrupt" in ran.stderr
    assert ran.peak.processes == 1
    assert 0 < ran.peak.pss <= ran.peak.rss


def test_a_tree_holds_its_root_and_memory_of_a_gone_process_is_nothing() -> None:
    assert os.getpid() in processes.tree(os.getpid())
    assert processes.memory(2**22 + 1) == processes.Memory()
    assert processes.cpu_seconds(os.getpid()) > 0
