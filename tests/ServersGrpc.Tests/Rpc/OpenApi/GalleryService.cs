using ServersGrpc.Tests.OpenApi.V1;

namespace ServersGrpc.Tests.Rpc.OpenApi;

/// <summary>A service that is described, and never called.</summary>
internal sealed class GalleryService : Gallery.GalleryBase;
