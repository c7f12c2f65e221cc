"""The reflection protocol, for clients that hold nothing of a contract: its messages are made here, from the field numbers of its
public definition, and everything else is learned from the server.
"""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

MESSAGES = {
    "ServerReflectionRequest": [
        ("host", 1, "string"),
        ("file_by_filename", 3, "one string"),
        ("file_containing_symbol", 4, "one string"),
        ("file_containing_extension", 5, "one ExtensionRequest"),
        ("all_extension_numbers_of_type", 6, "one string"),
        ("list_services", 7, "one string"),
    ],
    "ExtensionRequest": [("containing_type", 1, "string"), ("extension_number", 2, "int32")],
    "ServerReflectionResponse": [
        ("valid_host", 1, "string"),
        ("original_request", 2, "ServerReflectionRequest"),
        ("file_descriptor_response", 4, "one FileDescriptorResponse"),
        ("all_extension_numbers_response", 5, "one ExtensionNumberResponse"),
        ("list_services_response", 6, "one ListServiceResponse"),
        ("error_response", 7, "one ErrorResponse"),
    ],
    "FileDescriptorResponse": [("file_descriptor_proto", 1, "repeated bytes")],
    "ExtensionNumberResponse": [("base_type_name", 1, "string"), ("extension_number", 2, "repeated int32")],
    "ListServiceResponse": [("service", 1, "repeated ServiceResponse")],
    "ServiceResponse": [("name", 1, "string")],
    "ErrorResponse": [("error_code", 1, "int32"), ("error_message", 2, "string")],
}


def message_class(pool, name):
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName(name))


def reflection_messages(package):
    """The request and the response."""
    field = descriptor_pb2.FieldDescriptorProto
    kinds = {"string": field.TYPE_STRING, "bytes": field.TYPE_BYTES, "int32": field.TYPE_INT32}
    file = descriptor_pb2.FileDescriptorProto(name="reflection.proto", package=package, syntax="proto3")
    for message, fields in MESSAGES.items():
        described = file.message_type.add(name=message)
        for name, number, kind in fields:
            rule, _, kind = kind.rpartition(" ")
            added = described.field.add(
                name=name, number=number, label=field.LABEL_REPEATED if rule == "repeated" else field.LABEL_OPTIONAL)
            if kind in kinds:
                added.type = kinds[kind]
            else:
                added.type, added.type_name = field.TYPE_MESSAGE, f".{package}.{kind}"
            if rule == "one":
                # One of the fields is set: presence matters even where the value is "".
                if not described.oneof_decl:
                    described.oneof_decl.add(name="one")
                added.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return (message_class(pool, f"{package}.{name}") for name in ("ServerReflectionRequest", "ServerReflectionResponse"))


class Reflection:
    """Asks the server what it is."""

    def __init__(self, channel, version="v1", metadata=()):
        package = f"grpc.reflection.{version}"
        self._request, response = reflection_messages(package)
        self._call = channel.stream_stream(
            f"/{package}.ServerReflection/ServerReflectionInfo",
            request_serializer=self._request.SerializeToString,
            response_deserializer=response.FromString)
        self._metadata = metadata

    def ask(self, questions):
        """The answers to requests, which are given as keyword arguments, on one stream."""
        return self._call((self._request(**question) for question in questions), metadata=self._metadata)

    def services(self):
        return [service.name for service in self._ask_one(list_services="*").list_services_response.service]

    def pool(self, *symbols):
        """A pool that holds the files of the symbols and all that they import."""
        pool = descriptor_pool.DescriptorPool()
        files = [self._files(file_containing_symbol=symbol) for symbol in symbols]
        known = {file.name: file for answer in files for file in answer}
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

        for answer in files:
            add(answer[0])
        return pool

    def _files(self, **question):
        answer = self._ask_one(**question).file_descriptor_response
        return [descriptor_pb2.FileDescriptorProto.FromString(file) for file in answer.file_descriptor_proto]

    def _ask_one(self, **question):
        answers = list(self.ask([question]))
        if len(answers) != 1 or answers[0].HasField("error_response"):
            raise RuntimeError(f"Reflection answered {question} with {answers}")
        return answers[0]


class Service:
    """Calls the methods of a service that is known by reflection: `Service(channel, reflection, "pkg.Service")`."""

    def __init__(self, channel, reflection, name):
        self._channel = channel
        self._name = name
        self._pool = reflection.pool(name)
        self._described = self._pool.FindServiceByName(name)

    def method(self, name):
        """The method as grpc's own multi-callable, the class of its requests, and whether it answers with a stream."""
        kind = descriptor_pb2.MethodDescriptorProto()
        described = self._described.methods_by_name[name]
        described.CopyToProto(kind)
        shape = "{}_{}".format(*("stream" if streams else "unary" for streams in (kind.client_streaming, kind.server_streaming)))
        request = message_class(self._pool, described.input_type.full_name)
        call = getattr(self._channel, shape)(
            f"/{self._name}/{name}",
            request_serializer=request.SerializeToString,
            response_deserializer=message_class(self._pool, described.output_type.full_name).FromString)
        return call, request, kind.server_streaming
