from __future__ import annotations

import ipaddress
import os
import socket
import ssl
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from typing import Any

import redis
from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from config.env import LOOPBACK, whole_number
from config.serving import supervise


class Command(BaseCommand):
    help = "Brings everything up to date, then serves the site and runs its background work until stopped."
    requires_system_checks: tuple[str, ...] = ()  # run below, to answer in sentences

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=_port, default=8000, help="default: %(default)s; 0 takes a free one")
        parser.add_argument("--threads", type=_threads, default=8, help="requests at once (default: %(default)s)")

    def handle(self, *args: Any, host: str, port: int, threads: int, **options: Any) -> None:
        family, address = _resolved(host, port)
        whole_number("WEB_PROCESSES", default=1, least=1, most=64)  # else the web server would say it, too late
        unsafe = _unsafe_to_show(address[0])
        if problems := [*unsafe, *_unusable_certificate(), *_silent_cache(), *self._failed_checks()]:
            raise CommandError("\n".join(problems))
        with _listening(family, address) as listener:
            site = _address_of(listener, host)
            self._prepare(site)
            self.stdout.write(f"Hearth is at {site}/ (stop with Ctrl+C)")
            self.stdout.flush()
            web = ["-m", "gunicorn", "--config=python:config.web_server", f"--threads={threads}"]
            worker = ["manage.py", "work"] if settings.WORKER else None
            status = supervise([*web, f"--bind=fd://{listener.fileno()}"], worker, listener=listener)
        sys.exit(status)

    def _prepare(self, site: str) -> None:
        try:
            call_command("prepare", site=site, stdout=self.stdout, stderr=self.stderr)
        except OperationalError as error:
            message = "The database does not answer, or not as this site may use it: see DATABASE_URL."
            raise CommandError(message) from error
        # The supervisor lives as long as the site and needs no connection.
        connection.close()
        if hasattr(connection, "close_pool"):  # PostgreSQL
            connection.close_pool()

    def _failed_checks(self) -> Iterator[str]:
        for message in run_checks():
            if message.is_serious():
                yield message.msg
            elif message.level >= WARNING:
                self.stderr.write(message.msg)


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) < 2**16):
        message = "a port is a number from 0 to 65535"
        raise ArgumentTypeError(message)
    return int(text)


def _threads(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 256):
        message = "between 1 and 256 requests can be served at once"
        raise ArgumentTypeError(message)
    return int(text)


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int]]:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        message = f"There is no address {host}:{port} to listen on."
        raise CommandError(message) from error
    return family, (str(address[0]), int(address[1]))


def _unsafe_to_show(address: str) -> Iterator[str]:
    if ipaddress.ip_address(address.partition("%")[0]).is_loopback:
        return
    if set(settings.ALLOWED_HOSTS) <= set(LOOPBACK):
        yield f"To be reached at {address}, name the site in ALLOWED_HOSTS, like ALLOWED_HOSTS=forum.example.org."
    if not settings.HTTPS:
        yield (
            f"To be reached at {address}, what people write must travel under HTTPS: set TLS_CERT and TLS_KEY, "
            "or put a proxy in front and name its address in TRUSTED_PROXY."
        )


def _unusable_certificate() -> Iterator[str]:
    if settings.TLS_CERT_FILE and settings.TLS_KEY_FILE:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.TLS_CERT_FILE, settings.TLS_KEY_FILE)
        except OSError:
            yield "TLS_CERT and TLS_KEY must be the files of a certificate in PEM form and of its key, readable here."


def _silent_cache() -> Iterator[str]:
    if not settings.CACHES["default"]["BACKEND"].endswith("SturdyRedisCache"):
        return
    try:
        redis.from_url(settings.CACHES["default"]["LOCATION"], socket_connect_timeout=3, socket_timeout=3).ping()
    except (redis.RedisError, ValueError):
        yield "CACHE_URL names a Valkey or Redis that does not answer: start it, or leave CACHE_URL out."


def _listening(family: socket.AddressFamily, address: tuple[str, int]) -> socket.socket:
    """Taken before anything else is done, and handed to the web server: nobody else can take the port in between."""
    try:
        return socket.create_server(address, family=family, backlog=512)
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        message = f"Cannot listen on port {address[1]} of {address[0]} ({reason}): choose another with --port."
        raise CommandError(message) from error


def _address_of(listener: socket.socket, host: str) -> str:
    scheme = "https" if settings.TLS_CERT_FILE else "http"
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}:{listener.getsockname()[1]}"
