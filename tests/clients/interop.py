"""gRPC's public interoperability tests, from the client's side, with Debian's python3-grpcio.

    /usr/bin/python3 interop.py HOST:PORT CASE

Exits with 0 when the server did as the case's description demands. What this library can't do or show, it says in the case; the
bytes of those are looked at by the tests in ServersGrpc.Tests.
"""

import os
import queue
import sys

import grpc

from reflection import Reflection, Service

SPECIAL_MESSAGE = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"
ECHOED = (("x-grpc-test-echo-initial", "test_initial_metadata_value"), ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab"))
PATIENCE = 30
PING_PONG = ((31415, 27182), (9, 8), (2653, 1828), (58979, 45904))


def zeros(size):
    return {"body": bytes(size)}


def check_zeros(payload, size):
    assert payload.body == bytes(size), f"{len(payload.body)} bytes instead of {size}"


class Conversation:
    """A bidirectional call that is written to step by step."""

    def __init__(self, method, request, **options):
        self._requests = queue.Queue()
        self._request = request
        self.call = method(iter(self._requests.get, None), **options)

    def write(self, **fields):
        self._requests.put(self._request(**fields))

    def half_close(self):
        self._requests.put(None)


class Cases:
    def __init__(self, channel):
        self._channel = channel
        self._service = Service(channel, Reflection(channel), "grpc.testing.TestService")

    def _unary(self, name="UnaryCall", compression=None, metadata=None, **fields):
        method, request, _ = self._service.method(name)
        return method.with_call(request(**fields), timeout=PATIENCE, compression=compression, metadata=metadata)

    def _duplex(self, timeout=PATIENCE, **options):
        method, request, _ = self._service.method("FullDuplexCall")
        return Conversation(method, request, timeout=timeout, **options)

    def _fails(self, code, call):
        try:
            call()
        except grpc.RpcError as error:
            assert error.code() is code, f"{error.code()} instead of {code}: {error.details()}"
            return error.details()
        raise AssertionError(f"Success instead of {code}")

    def empty_unary(self):
        reply, _ = self._unary("EmptyCall")
        assert reply.ByteSize() == 0

    def large_unary(self):
        reply, _ = self._unary(response_size=314159, payload=zeros(271828))
        check_zeros(reply.payload, 314159)

    def client_compressed_unary(self):
        def call(expected, compression):
            reply, _ = self._unary(
                expect_compressed={"value": expected}, compression=compression, response_size=314159, payload=zeros(271828))
            check_zeros(reply.payload, 314159)

        self._fails(grpc.StatusCode.INVALID_ARGUMENT, lambda: call(True, grpc.Compression.NoCompression))
        call(True, grpc.Compression.Gzip)
        call(False, grpc.Compression.NoCompression)

    def server_compressed_unary(self):
        # The library inflates and does not show the flag.
        for compressed in (True, False):
            reply, _ = self._unary(response_compressed={"value": compressed}, response_size=314159, payload=zeros(271828))
            check_zeros(reply.payload, 314159)

    def server_streaming(self):
        method, request, _ = self._service.method("StreamingOutputCall")
        sizes = (31415, 9, 2653, 58979)
        replies = list(method(request(response_parameters=[{"size": size} for size in sizes]), timeout=PATIENCE))
        assert len(replies) == len(sizes)
        for reply, size in zip(replies, sizes):
            check_zeros(reply.payload, size)

    def server_compressed_streaming(self):
        # As above, the flags are not shown.
        method, request, _ = self._service.method("StreamingOutputCall")
        wanted = [{"compressed": {"value": True}, "size": 31415}, {"compressed": {"value": False}, "size": 92653}]
        replies = list(method(request(response_parameters=wanted), timeout=PATIENCE))
        assert len(replies) == 2
        check_zeros(replies[0].payload, 31415)
        check_zeros(replies[1].payload, 92653)

    def client_streaming(self):
        method, request, _ = self._service.method("StreamingInputCall")
        requests = (request(payload=zeros(size)) for size in (27182, 8, 1828, 45904))
        assert method(requests, timeout=PATIENCE).aggregated_payload_size == 74922

    def client_compressed_streaming(self):
        method, request, _ = self._service.method("StreamingInputCall")
        compressed = request(expect_compressed={"value": True}, payload=zeros(27182))
        # Compression can't be turned off for one message here. But what does not shrink the library sends as it is: noise.
        plain = request(expect_compressed={"value": False}, payload={"body": os.urandom(45904)})
        self._fails(grpc.StatusCode.INVALID_ARGUMENT, lambda: method(iter([compressed]), timeout=PATIENCE))
        reply = method(iter([compressed, plain]), timeout=PATIENCE, compression=grpc.Compression.Gzip)
        assert reply.aggregated_payload_size == 73086

    def ping_pong(self):
        conversation = self._duplex()
        for answered, sent in PING_PONG:
            conversation.write(response_parameters=[{"size": answered}], payload=zeros(sent))
            check_zeros(next(conversation.call).payload, answered)
        conversation.half_close()
        assert not list(conversation.call)
        assert conversation.call.code() is grpc.StatusCode.OK

    def empty_stream(self):
        conversation = self._duplex()
        conversation.half_close()
        assert not list(conversation.call)
        assert conversation.call.code() is grpc.StatusCode.OK

    def custom_metadata(self):
        def check(call):
            assert ECHOED[0] in [tuple(entry) for entry in call.initial_metadata()], call.initial_metadata()
            assert ECHOED[1] in [tuple(entry) for entry in call.trailing_metadata()], call.trailing_metadata()

        reply, call = self._unary(metadata=ECHOED, response_size=314159, payload=zeros(271828))
        check_zeros(reply.payload, 314159)
        check(call)
        conversation = self._duplex(metadata=ECHOED)
        conversation.write(response_parameters=[{"size": 314159}], payload=zeros(271828))
        conversation.half_close()
        (reply,) = conversation.call
        check_zeros(reply.payload, 314159)
        check(conversation.call)

    def status_code_and_message(self):
        status = {"code": 2, "message": "test status message"}
        assert self._fails(grpc.StatusCode.UNKNOWN, lambda: self._unary(response_status=status)) == status["message"]
        conversation = self._duplex()
        conversation.write(response_status=status)
        conversation.half_close()
        assert self._fails(grpc.StatusCode.UNKNOWN, lambda: list(conversation.call)) == status["message"]

    def special_status_message(self):
        status = {"code": 2, "message": SPECIAL_MESSAGE}
        assert self._fails(grpc.StatusCode.UNKNOWN, lambda: self._unary(response_status=status)) == SPECIAL_MESSAGE

    def unimplemented_method(self):
        self._fails(grpc.StatusCode.UNIMPLEMENTED, lambda: self._unary("UnimplementedCall"))

    def unimplemented_service(self):
        # No reflection: the server does not have it. The request has no bytes.
        call = self._channel.unary_unary("/grpc.testing.UnimplementedService/UnimplementedCall")
        self._fails(grpc.StatusCode.UNIMPLEMENTED, lambda: call(b"", timeout=PATIENCE))

    def cancel_after_begin(self):
        method, _, _ = self._service.method("StreamingInputCall")
        call = method.future(iter(queue.Queue().get, None), timeout=PATIENCE)
        call.cancel()
        assert call.cancelled()
        assert call.code() is grpc.StatusCode.CANCELLED

    def cancel_after_first_response(self):
        conversation = self._duplex()
        conversation.write(response_parameters=[{"size": 31415}], payload=zeros(27182))
        check_zeros(next(conversation.call).payload, 31415)
        conversation.call.cancel()
        self._fails(grpc.StatusCode.CANCELLED, lambda: next(conversation.call))
        conversation.half_close()

    def timeout_on_sleeping_server(self):
        conversation = self._duplex(timeout=0.001)
        conversation.write(payload=zeros(27182))
        self._fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: next(conversation.call))
        conversation.half_close()

    def health_check(self):
        check, request, _ = Service(self._channel, Reflection(self._channel), "grpc.health.v1.Health").method("Check")
        for service in ("", "grpc.testing.TestService"):
            assert check(request(service=service), timeout=PATIENCE).status == 1
        self._fails(grpc.StatusCode.NOT_FOUND, lambda: check(request(service="grpc.testing.Nothing"), timeout=PATIENCE))

    def health_watch(self):
        """Prints each status of the service "watched" until it is SERVICE_UNKNOWN again."""
        watch, request, _ = Service(self._channel, Reflection(self._channel), "grpc.health.v1.Health").method("Watch")
        call = watch(request(service="watched"), timeout=PATIENCE)
        for count, reply in enumerate(call):
            name = reply.DESCRIPTOR.fields_by_name["status"].enum_type.values_by_number[reply.status].name
            print(name, flush=True)
            if count > 0 and name == "SERVICE_UNKNOWN":
                call.cancel()
                return


def main():
    address, case = sys.argv[1:]
    with grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        getattr(Cases(channel), case)()


main()
