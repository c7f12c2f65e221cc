using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Callers;

/// <summary>A list page by page, as a client follows its links.</summary>
public sealed class PageLinkTests(ITestOutputHelper output) : ServiceTest(output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Link_FollowedToTheEnd_ListsEachServerOnce(bool behindAPrefix)
    {
        await Service.PauseAsync();
        string[] names = ["one", "two", "three", "four", "five"];
        foreach (var name in names) await Service.ProvisionAsync(name);
        await using var proxy = behindAPrefix ? await PrefixProxy.StartAsync("/fleet", Service.Address) : null;

        var (seen, pages) = (new List<string>(), 0);
        // With characters that mean something in an address.
        var root = proxy?.Address ?? Service.Address;
        var next = new Uri(root + "/api/servers?page_size=2&state=pending&state=running&label_selector=!a,!b%2Fc");
        while (next is not null)
        {
            var page = await Curl.SendAsync("--header", $"Authorization: Bearer {Service.Token}", next.AbsoluteUri);
            Assert.True(page.Status == 200, page.Body);
            seen.AddRange(ServerView.ParseList(page.Body).Select(server => server.Name));
            pages++;
            var link = page.Header("Link");
            if (link is not null)
                Assert.Matches("^<\\?page_size=2&[^>]*>; rel=\"next\"$", link);
            next = link is null ? null : new Uri(next, link[1..link.IndexOf('>', StringComparison.Ordinal)]);
        }

        Assert.Equal(names, seen);
        Assert.Equal(3, pages);
    }
}
