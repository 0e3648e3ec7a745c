"""Command lines of `context`. See ../docker_lines.py for what the names mean."""

import pathlib

MEANT = {
    r"--help$|^context$": "our pages are in our own words",
}

MASKS = [
    # As many as the widest field of that moment asks for.
    (r" +\n", "\n"),
]

LINES = r"""
context
context foo
context show
context show x
context use
context use nosuch
context rm
context rm nosuch
context rm -f nosuch
context rm default
context create a
context create 'b d'
context create default
context create _x --docker host=unix:///x
context create {n} --docker host=foo
context create {n} --docker host=tcp://
context create {n} --docker foo=bar
context create {n} --docker host
context create {n} --docker host=unix:///x,ca=/nosuch
context create {n} --from nosuch
context create {n} --docker host=unix:///nowhere/x.sock --description 'My one'
context create {n} --docker host=unix:///nowhere/x.sock
context create {n}-2 --from {n} --docker host=unix:///x
context create {n}-2 --from {n}
context create {n}-3 --docker skip-tls-verify=true,host=unix:///x
context inspect {n}-3
context create {n}-4 --docker from={n}
context inspect {n}
context inspect {n}-2 nosuch
context inspect -f '{{.Name}} {{.Endpoints.docker.Host}} {{.Foo}}' {n}
context inspect -f '{{.Name}} {{.Endpoints.docker.Host}}' {n}
context inspect -f '{{.Metadata.Description}}' {n}
context inspect -f '{{json .}}' {n}
context inspect -f '{{.Name' {n}
-c {n} context show
-c {n} ps
context update {n} --description new
context update {n} --docker host=tcp://1.2.3.4:5
context update {n} --docker foo=bar
context update nosuch --description x
context inspect {n}
context use {n}
context use default
context export {n} {dir}/{n}.tar
context export {n} {dir}/{n}.tar
context import {n}-5 {dir}/{n}.tar
context import {n}-5 {dir}/{n}.tar
context import {n}-6 {dir}/nosuch.tar
context inspect {n}-5
context rm {n} {n}-2 {n}-3 {n}-4 {n}-5 nosuch
context ls --format '{{.Name}}|{{.Current}}|{{.Error}}'
context ls --format {{.Foo}}
context ls --format json
context ls
"""


def set_up(lines):
    lines.ENVIRONMENT["DOCKER_CONFIG"] = str(pathlib.Path(lines.DIR) / "client")


def clean_up(lines):
    lines.ENVIRONMENT.clear()
