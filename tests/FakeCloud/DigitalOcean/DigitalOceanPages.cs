using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Client;

namespace ServersGrpc.FakeCloud.DigitalOcean;

/// <summary>Listings, a page at a time. A page leads to the others by URLs that keep the query.</summary>
internal static class DigitalOceanPages
{
    private const int DefaultSize = 20;
    private const int MaxSize = 200;

    /// <summary>The page of all entries that the query asks for. The query must have no more parameters than these and the ones read before.</summary>
    public static CloudReply Reply<T>(
        CloudCall call, QueryFields query, string name, IReadOnlyList<T> all, Func<T, JsonNode> view, params (string Name, string? Value)[] filters)
    {
        var page = query.Integer("page", otherwise: 1, from: 1, to: int.MaxValue);
        var size = query.Integer("per_page", DefaultSize, from: 1, to: MaxSize);
        query.End();

        var last = Math.Max(1, (all.Count + size - 1) / size);
        var pages = new JsonObject();
        if (page > 1)
        {
            pages["first"] = Url(1);
            pages["prev"] = Url(page - 1);
        }

        if (page < last && call.Fault(FaultKind.MissingNext) is null)
        {
            pages["next"] = Url(page + 1);
            pages["last"] = Url(last);
        }

        var entries = all.Skip((page - 1) * size).Take(size).ToList();
        if (call.Fault(FaultKind.ShortPage) is not null && entries.Count > 0) entries.RemoveAt(entries.Count - 1);
        return CloudReply.Ok(new JsonObject
        {
            [name] = new JsonArray([.. entries.Select(view)]),
            ["links"] = pages.Count == 0 ? [] : new JsonObject { ["pages"] = pages },
            ["meta"] = new JsonObject { ["total"] = all.Count + (call.Fault(FaultKind.WrongTotal) is null ? 0 : 7) },
        });

        string Url(int number)
        {
            var kept = filters.Where(filter => filter.Value is not null)
                .Select(filter => $"{filter.Name}={Uri.EscapeDataString(filter.Value!)}");
            return $"{call.Url}?{string.Join('&', kept.Append($"page={number}").Append($"per_page={size}"))}";
        }
    }
}
