namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>Its methods are never called: what is tested is that they have no route.</summary>
internal sealed class UnservedService : Samples.UnservedService.UnservedServiceBase;
