"""A client of the service that holds nothing of its contract: it learns every message from the reflection service.

    /usr/bin/python3 client.py [--reflection v1alpha] HOST:PORT COMMAND [REQUEST [COUNT]]

COMMAND is services, get, list, provision, terminate, watch, events or health; REQUEST its message as JSON. A stream is left after
COUNT messages. The environment variable AUTHORIZATION is sent as metadata. Prints each message (for services: each name) as a
line of JSON; a failure as {"code", "details", "metadata"}, and exits with 1.
"""

import argparse
import base64
import itertools
import json
import os
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

COMMANDS = {
    "get": ("servers.v1.ServerService", "GetServer"),
    "list": ("servers.v1.ServerService", "ListServers"),
    "provision": ("servers.v1.ServerService", "ProvisionServer"),
    "terminate": ("servers.v1.ServerService", "TerminateServer"),
    "watch": ("servers.v1.ServerService", "WatchServers"),
    "events": ("servers.v1.ServerService", "ListServerEvents"),
    "health": ("grpc.health.v1.Health", "Check"),
}


def message_class(pool, name):
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName(name))


def reflection_messages(package):
    """The part of the reflection protocol that is spoken here, by the field numbers of its public definition."""
    field = descriptor_pb2.FieldDescriptorProto
    kinds = {"string": field.TYPE_STRING, "bytes": field.TYPE_BYTES, "int32": field.TYPE_INT32}
    file = descriptor_pb2.FileDescriptorProto(name="reflection.proto", package=package, syntax="proto3")
    for message, fields in {
        "ServerReflectionRequest": [
            ("file_by_filename", 3, "string"),
            ("file_containing_symbol", 4, "string"),
            ("list_services", 7, "string"),
        ],
        "FileDescriptorResponse": [("file_descriptor_proto", 1, "repeated bytes")],
        "ServiceResponse": [("name", 1, "string")],
        "ListServiceResponse": [("service", 1, "repeated ServiceResponse")],
        "ErrorResponse": [("error_code", 1, "int32"), ("error_message", 2, "string")],
        "ServerReflectionResponse": [
            ("file_descriptor_response", 4, "FileDescriptorResponse"),
            ("list_services_response", 6, "ListServiceResponse"),
            ("error_response", 7, "ErrorResponse"),
        ],
    }.items():
        described = file.message_type.add(name=message)
        choice = message in ("ServerReflectionRequest", "ServerReflectionResponse")
        if choice:
            # One of the fields is set: presence matters even where the value is "".
            described.oneof_decl.add(name="one")
        for name, number, kind in fields:
            repeated, _, kind = kind.rpartition(" ")
            added = described.field.add(
                name=name, number=number, label=field.LABEL_REPEATED if repeated else field.LABEL_OPTIONAL)
            if kind in kinds:
                added.type = kinds[kind]
            else:
                added.type, added.type_name = field.TYPE_MESSAGE, f".{package}.{kind}"
            if choice:
                added.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return (message_class(pool, f"{package}.{name}") for name in ("ServerReflectionRequest", "ServerReflectionResponse"))


class Reflection:
    """Asks the server what it is."""

    def __init__(self, channel, version, metadata):
        package = f"grpc.reflection.{version}"
        self._request, response = reflection_messages(package)
        self._call = channel.stream_stream(
            f"/{package}.ServerReflection/ServerReflectionInfo",
            request_serializer=self._request.SerializeToString,
            response_deserializer=response.FromString)
        self._metadata = metadata

    def services(self):
        return [service.name for service in self._ask(list_services="*").list_services_response.service]

    def pool(self, symbol):
        """A pool that holds the file of the symbol and all that it imports."""
        pool = descriptor_pool.DescriptorPool()
        files = self._files(file_containing_symbol=symbol)
        known = {file.name: file for file in files}
        added = set()

        def add(file):
            if file.name in added:
                return
            added.add(file.name)
            for name in file.dependency:
                if name not in known:
                    known.update((other.name, other) for other in self._files(file_by_filename=name))
                add(known[name])
            pool.Add(file)

        add(files[0])
        return pool

    def _files(self, **question):
        answer = self._ask(**question).file_descriptor_response
        return [descriptor_pb2.FileDescriptorProto.FromString(file) for file in answer.file_descriptor_proto]

    def _ask(self, **question):
        answers = list(self._call(iter([self._request(**question)]), metadata=self._metadata))
        if len(answers) != 1 or answers[0].HasField("error_response"):
            raise RuntimeError(f"Reflection answered {question} with {answers}")
        return answers[0]


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


def call(channel, reflection, command, request, metadata):
    """The replies to one call, as they come."""
    service, method = COMMANDS[command]
    pool = reflection.pool(service)
    described = pool.FindServiceByName(service).methods_by_name[method]
    kind = descriptor_pb2.MethodDescriptorProto()
    described.CopyToProto(kind)
    request_class = message_class(pool, described.input_type.full_name)
    reply_class = message_class(pool, described.output_type.full_name)
    connect = channel.unary_stream if kind.server_streaming else channel.unary_unary
    invoke = connect(
        f"/{service}/{method}",
        request_serializer=request_class.SerializeToString,
        response_deserializer=reply_class.FromString)
    reply = invoke(json_format.ParseDict(request, request_class()), metadata=metadata)
    return reply if kind.server_streaming else iter([reply])


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
            }))
            sys.exit(1)


main()
