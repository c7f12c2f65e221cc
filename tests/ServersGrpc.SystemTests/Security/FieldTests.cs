using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Security;

/// <summary>Which fields of a server each role is told, by each method that tells of one.</summary>
public sealed class FieldTests(ITestOutputHelper output) : ServiceTest(output)
{
    private static readonly string[] Secret = ["secret", "ca_key", "tls_key"];

    [Fact]
    public async Task EveryField_ByRoleAndMethod_IsToldToWhomItIsFor()
    {
        await Service.PauseAsync();
        var tokens = new Dictionary<string, string>
        {
            ["viewer"] = await Tokens.CreateAsync(Service, "viewer", "viewer"),
            ["owner"] = await Tokens.CreateAsync(Service, "owner", "operator"),
            ["operator"] = await Tokens.CreateAsync(Service, "operator", "operator"),
            ["admin"] = Service.Token,
        };
        using var client = new FaceClient(Service);
        var made = await client.RestAsync("POST", "/api/servers", """{"name":"one","labels":{"team":"a"},"user_data":"#!/bin/sh"}""", tokens["owner"]);
        var whole = JsonNode.Parse(made.Body)!.AsObject();
        Assert.All(Secret, field => Assert.NotEqual("", (string)whole[field]!));
        Assert.Equal(22, whole.Count);

        foreach (var (role, token) in tokens)
        {
            var sees = role is "owner" or "admin";
            var get = await client.RestAsync("GET", "/api/servers/one", null, token);
            var list = await client.RestAsync("GET", "/api/servers", null, token);
            var watch = await client.RestAsync("GET", "/api/servers:watch", null, token);
            Check(role, "get", JsonNode.Parse(get.Body)!, whole, sees);
            Check(role, "list", JsonNode.Parse(list.Body)![0]!, whole, sees);
            Check(role, "watch", JsonNode.Parse(watch.Body.Split('\n')[0])!["server"]!, whole, sees);
        }

        // What it is after a change is told by the same rule.
        var ended = await client.RestAsync("DELETE", "/api/servers/one", null, tokens["operator"]);
        var changed = JsonNode.Parse(ended.Body)!.AsObject();
        Assert.All(Secret, field => Assert.Equal("", (string)changed[field]!));
        Assert.NotEqual("", (string)changed["ca_cert"]!);
        var admins = await client.RestAsync("DELETE", "/api/servers/one", null, Service.Token);
        Assert.All(Secret, field => Assert.Equal((string)whole[field]!, (string)JsonNode.Parse(admins.Body)![field]!));
    }

    private static void Check(string role, string method, JsonNode told, JsonObject whole, bool sees)
    {
        Assert.Equal(whole.Select(field => field.Key), told.AsObject().Select(field => field.Key));
        foreach (var (field, value) in whole)
        {
            var expected = Secret.Contains(field) && !sees ? "\"\"" : value!.ToJsonString();
            Assert.Equal((role, method, field, expected), (role, method, field, told[field]!.ToJsonString()));
        }
    }
}
