using Microsoft.AspNetCore.Http;

namespace ServersGrpc.Rpc.Transcoding.Responses;

/// <summary>What every REST answer says. Answers carry keys: nothing on the way may keep them.</summary>
internal static class RestHeaders
{
    public static void Add(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
    }
}
