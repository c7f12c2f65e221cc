using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Client;

namespace ServersGrpc.FakeCloud.Hetzner;

/// <summary>Listings, a page at a time.</summary>
internal static class HetznerPages
{
    private const int DefaultSize = 25;
    private const int MaxSize = 50;

    /// <summary>The page of all entries that the query asks for. The query must have no more parameters than these and the ones read before.</summary>
    public static CloudReply Reply<T>(CloudCall call, QueryFields query, string name, IReadOnlyList<T> all, Func<T, JsonObject> view)
    {
        var page = query.Integer("page", otherwise: 1, from: 1, to: int.MaxValue);
        var size = query.Integer("per_page", DefaultSize, from: 1, to: MaxSize);
        query.End();

        var last = Math.Max(1, (all.Count + size - 1) / size);
        var next = page < last && call.Fault(FaultKind.MissingNext) is null ? page + 1 : (int?)null;
        var entries = all.Skip((page - 1) * size).Take(size).ToList();
        if (call.Fault(FaultKind.ShortPage) is not null && entries.Count > 0) entries.RemoveAt(entries.Count - 1);
        return CloudReply.Ok(new JsonObject
        {
            [name] = new JsonArray([.. entries.Select(view)]),
            ["meta"] = new JsonObject
            {
                ["pagination"] = new JsonObject
                {
                    ["page"] = page,
                    ["per_page"] = size,
                    ["previous_page"] = page > 1 ? page - 1 : null,
                    ["next_page"] = next,
                    ["last_page"] = last,
                    ["total_entries"] = all.Count + (call.Fault(FaultKind.WrongTotal) is null ? 0 : 7),
                },
            },
        }) with
        {
            Link = Link(call, page, next, last, size),
        };
    }

    private static string Link(CloudCall call, int page, int? next, int last, int size)
    {
        var links = new List<string>();
        if (page > 1) links.Add(To(page - 1, "prev"));
        if (next is { } other) links.Add(To(other, "next"));
        links.Add(To(last, "last"));
        return string.Join(", ", links);

        string To(int number, string relation) => $"<{call.Url}?page={number}&per_page={size}>; rel=\"{relation}\"";
    }
}
