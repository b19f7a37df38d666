from __future__ import annotations

import logging
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from config.housekeeping import keep_house
from config.serving import die_with_supervisor

_PAUSE = 1  # second between two looks into the queue
_KEEP_HOUSE_EVERY = 60  # seconds


class Command(BaseCommand):
    help = "Runs background work until stopped. `serve` starts one of these; other hosts may each run another."
    requires_system_checks: tuple[str, ...] = ()  # `serve` ran them

    def handle(self, *args: Any, **options: Any) -> None:
        die_with_supervisor()
        logging.getLogger("django_tasks_db").setLevel(logging.ERROR)  # it warns of every orderly stop
        worker = _worker()
        worker.configure_signals()
        pause = threading.Event()  # never set: a signal ends the wait by ending the worker
        house_kept = float("-inf")
        try:
            while worker.running:
                if time.monotonic() - house_kept > _KEEP_HOUSE_EVERY:
                    keep_house()
                    house_kept = time.monotonic()
                # Looked at first: the worker takes the database's write lock to look, even when there is nothing.
                if DBTaskResult.objects.ready().exists():
                    worker.run()
                close_old_connections()
                if worker.running:
                    pause.wait(_PAUSE)
        except (DatabaseError, InterfaceError) as error:
            message = f"The background worker cannot reach the database ({type(error).__name__})."
            raise CommandError(message) from error


def _worker() -> Worker:
    """In batch mode `run` comes back when the queue is empty, so that there is time for the house."""
    return Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
