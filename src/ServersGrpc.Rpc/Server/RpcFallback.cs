using Microsoft.AspNetCore.Http;

namespace ServersGrpc.Rpc.Server;

/// <summary>Answers, when it is registered, what comes to no gRPC path and is no gRPC request: the REST face.</summary>
internal sealed record RpcFallback(RequestDelegate Invoke);
