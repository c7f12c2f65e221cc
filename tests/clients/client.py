"""A client of the service that holds nothing of its contract: it learns every message from the reflection service.

    /usr/bin/python3 client.py [--reflection v1alpha] HOST:PORT COMMAND [REQUEST [COUNT]]

COMMAND is services, get, list, provision, terminate, watch, events or health; REQUEST its message as JSON. A stream is left after
COUNT messages. The environment variable AUTHORIZATION is sent as metadata. Prints each message (for services: each name) as a
line of JSON; a failure as {"code", "details", "metadata", "status"}, where the status is its google.rpc.Status as reflection tells to
read it, or null, and exits with 1.
"""

import argparse
import base64
import itertools
import json
import os
import sys

import grpc
from google.protobuf import json_format

from reflection import Reflection, Service, message_class

COMMANDS = {
    "get": ("servers.v1.ServerService", "GetServer"),
    "list": ("servers.v1.ServerService", "ListServers"),
    "provision": ("servers.v1.ServerService", "ProvisionServer"),
    "terminate": ("servers.v1.ServerService", "TerminateServer"),
    "watch": ("servers.v1.ServerService", "WatchServers"),
    "events": ("servers.v1.ServerService", "ListServerEvents"),
    "health": ("grpc.health.v1.Health", "Check"),
}


def plain(message):
    """A message as JSON of the contract's form: all fields, their own names, 64-bit integers as numbers, bytes as base64."""
    return {field.name: plain_field(message, field) for field in message.DESCRIPTOR.fields}


def plain_field(message, field):
    if field.has_presence and not message.HasField(field.name):
        return None
    value = getattr(message, field.name)
    if field.message_type and field.message_type.GetOptions().map_entry:
        return dict(value)
    if field.label == field.LABEL_REPEATED:
        return [plain_value(field, item) for item in value]
    return plain_value(field, value)


def plain_value(field, value):
    if field.type == field.TYPE_MESSAGE:
        return plain(value)
    if field.type == field.TYPE_BYTES:
        return base64.b64encode(value).decode()
    if field.type == field.TYPE_ENUM:
        return field.enum_type.values_by_number[value].name
    return value


def plain_metadata(metadata):
    values = {}
    for key, value in metadata:
        values.setdefault(key, []).append(base64.b64encode(value).decode() if isinstance(value, bytes) else value)
    return values


def plain_status(reflection, metadata):
    """The rich status of a failure, or None. Every message of it is learned by reflection."""
    encoded = dict(metadata).get("grpc-status-details-bin")
    if encoded is None:
        return None
    try:
        pool = reflection.pool("google.rpc.ErrorInfo", "google.rpc.Status")
    except grpc.RpcError:
        # The caller may not ask.
        return None
    status = message_class(pool, "google.rpc.Status").FromString(encoded)
    for detail in status.details:
        message_class(pool, detail.type_url.rpartition("/")[2])
    return json_format.MessageToDict(status, preserving_proto_field_name=True, descriptor_pool=pool)


def call(channel, reflection, command, request, metadata):
    """The replies to one call, as they come."""
    service, method = COMMANDS[command]
    invoke, request_class, streams = Service(channel, reflection, service).method(method)
    reply = invoke(json_format.ParseDict(request, request_class()), metadata=metadata)
    return reply if streams else iter([reply])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reflection", choices=["v1", "v1alpha"], default="v1")
    parser.add_argument("address")
    parser.add_argument("command", choices=["services", *COMMANDS])
    parser.add_argument("request", nargs="?", type=json.loads, default={})
    parser.add_argument("count", nargs="?", type=int)
    options = parser.parse_args()

    authorization = os.environ.get("AUTHORIZATION")
    metadata = [("authorization", authorization)] if authorization else []
    with grpc.insecure_channel(options.address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        reflection = Reflection(channel, options.reflection, metadata)
        try:
            if options.command == "services":
                lines = reflection.services()
            else:
                lines = map(plain, call(channel, reflection, options.command, options.request, metadata))
            for line in itertools.islice(lines, options.count):
                print(json.dumps(line), flush=True)
        except grpc.RpcError as error:
            print(json.dumps({
                "code": error.code().value[0],
                "details": error.details(),
                "metadata": plain_metadata(error.trailing_metadata() or []),
                "status": plain_status(reflection, error.trailing_metadata() or []),
            }))
            sys.exit(1)


main()
