using ServersGrpc.Tests.OpenApi.Annex.V1;

namespace ServersGrpc.Tests.Rpc.OpenApi;

/// <summary>A second service of the same name, of another package.</summary>
internal sealed class AnnexService : Gallery.GalleryBase;
