using ServersGrpc.Rpc.Transcoding.Routing;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>What is wrong with an HTTP rule is said at start.</summary>
public sealed class RuleTests
{
    [Theory]
    [InlineData("", 1)]
    [InlineData("a", 1)]
    [InlineData("/", 2)]
    [InlineData("/a//b", 4)]
    [InlineData("/a/", 4)]
    [InlineData("/{a", 4)]
    [InlineData("/{}", 3)]
    [InlineData("/{a={b}}", 5)]
    [InlineData("/a:", 4)]
    [InlineData("/a:b/c", 5)]
    [InlineData("/**/a", 6)]
    [InlineData("/{a}/{a}", 9)]
    public void Parse_WrongTemplate_SaysWhere(string template, int character)
    {
        var error = Assert.Throws<FormatException>(() => PathTemplateParser.Parse(template));

        Assert.Contains($"\"{template}\" is wrong at character {character}:", error.Message);
    }

    [Fact]
    public async Task Start_EventIdIsNoInteger_Fails()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => RestHost.StartAsync(options => options.EventIdField = "text"));

        Assert.Contains("Event.text is the EventIdField, but it is not an integer", error.Message);
    }

    [Fact]
    public void Parse_EveryElement_IsTakenApart()
    {
        var template = PathTemplateParser.Parse("/v1/{name=shelves/*/books/**}:read");

        Assert.Equal("read", template.Verb);
        Assert.Equal(["v1", "shelves", "", "books", ""], template.Segments.Select(segment => segment.Text));
        Assert.Equal(new PathVariable("name", Start: 1, Count: 4, IsMultiSegment: true), Assert.Single(template.Variables));
    }

    [Fact]
    public void Add_SameMethodAndPathTwice_NamesTheFirst()
    {
        var routes = new RouteTrie<string>();

        Assert.Null(routes.Add("GET", PathTemplateParser.Parse("/a/{b}"), "first"));
        Assert.Null(routes.Add("PUT", PathTemplateParser.Parse("/a/{b}"), "other method"));
        Assert.Null(routes.Add("GET", PathTemplateParser.Parse("/a/{b}:c"), "other verb"));
        Assert.Equal("first", routes.Add("GET", PathTemplateParser.Parse("/a/*"), "second"));
    }

    [Fact]
    public void Find_WinnerWithoutTheMethod_TheNextBestThatHasItAnswers()
    {
        var routes = new RouteTrie<string>();
        routes.Add("GET", PathTemplateParser.Parse("/a/b"), "literal");
        routes.Add("DELETE", PathTemplateParser.Parse("/a/{x}"), "variable");
        routes.Add("PUT", PathTemplateParser.Parse("/a/{x=**}"), "rest");

        Assert.Equal("literal", Find("HEAD", "/a/b").Route);
        Assert.Equal("variable", Find("DELETE", "/a/b").Route);
        Assert.Equal("rest", Find("PUT", "/a/b").Route);
        Assert.Equal(["DELETE", "GET", "HEAD", "PUT"], Find("POST", "/a/b").Allowed);
        Assert.Null(Find("POST", "/b").Allowed);

        RouteSearch<string> Find(string method, string target)
        {
            Assert.True(RequestPath.TryParse(target, out var path, out _));
            return routes.Find(method, path);
        }
    }
}
