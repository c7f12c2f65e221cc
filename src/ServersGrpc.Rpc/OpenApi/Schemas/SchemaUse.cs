namespace ServersGrpc.Rpc.OpenApi.Schemas;

/// <summary>Where a message stands. It is not the same JSON in both: answers hold every field, requests any of them.</summary>
internal enum SchemaUse
{
    Response,
    Request,
}
