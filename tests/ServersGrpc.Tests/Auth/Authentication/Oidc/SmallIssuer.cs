using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ServersGrpc.Tests.Auth.Authentication.Oidc;

/// <summary>A small OpenID Connect issuer on this machine: it tells where its keys are, and signs what it is asked to.</summary>
internal sealed class SmallIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<RsaSecurityKey> _keys = [];
    private int _fetches;

    private SmallIssuer(WebApplication app) => _app = app;

    public string Address { get; private set; } = "";

    /// <summary>How often its keys were fetched.</summary>
    public int Fetches => Volatile.Read(ref _fetches);

    /// <summary>Whether it answers with errors.</summary>
    public bool IsDown { get; set; }

    public RsaSecurityKey Key => _keys[^1];

    public static async Task<SmallIssuer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var issuer = new SmallIssuer(builder.Build());
        issuer.AddKey();
        issuer._app.Run(issuer.AnswerAsync);
        await issuer._app.StartAsync();
        issuer.Address = issuer._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return issuer;
    }

    /// <summary>Signs with another key from now on.</summary>
    public void AddKey()
    {
        var key = new RsaSecurityKey(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("N") };
        lock (_keys)
            _keys.Add(key);
    }

    public void WithdrawOldKeys()
    {
        lock (_keys)
            _keys.RemoveRange(0, _keys.Count - 1);
    }

    /// <summary>A token with these claims over the usual ones; a claim that is null is left out.</summary>
    public string Sign(DateTimeOffset now, Dictionary<string, object?>? claims = null, SigningCredentials? by = null)
    {
        var all = new Dictionary<string, object?>
        {
            ["iss"] = Address,
            ["aud"] = "servers",
            ["sub"] = "user-1",
            ["roles"] = new[] { "operator" },
            ["exp"] = (now + TimeSpan.FromHours(1)).ToUnixTimeSeconds(),
        };
        foreach (var (name, value) in claims ?? [])
            all[name] = value;
        var payload = JsonSerializer.Serialize(all.Where(claim => claim.Value is not null).ToDictionary());
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(payload, by ?? new(Key, SecurityAlgorithms.RsaSha256));
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private Task AnswerAsync(HttpContext http)
    {
        if (IsDown)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        }
        switch (http.Request.Path.Value)
        {
            case "/.well-known/openid-configuration":
                return http.Response.WriteAsJsonAsync(new { issuer = Address, jwks_uri = $"{Address}/keys" });
            case "/keys":
                Interlocked.Increment(ref _fetches);
                lock (_keys)
                {
                    return http.Response.WriteAsJsonAsync(new
                    {
                        keys = _keys.Select(key => key.Rsa.ExportParameters(false)).Zip(_keys, (rsa, key) => new
                        {
                            kty = "RSA",
                            use = "sig",
                            kid = key.KeyId,
                            n = Base64UrlEncoder.Encode(rsa.Modulus),
                            e = Base64UrlEncoder.Encode(rsa.Exponent),
                        }).ToArray(),
                    });
                }
            default:
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
        }
    }
}
