using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using ServersGrpc.Auth.Authorization;

namespace ServersGrpc.Auth;

/// <summary>What is known of who calls.</summary>
internal static class AccountExtensions
{
    /// <summary>The account that let the request in; null where none was needed.</summary>
    public static Account? FindAccount(this HttpContext http) => http.User.Identity as Account;

    /// <summary>The account that let the call in, which authorization has made sure of.</summary>
    public static Account GetAccount(this ServerCallContext context) =>
        context.GetHttpContext().FindAccount() ?? throw new InvalidOperationException($"{context.Method} was let in without an account.");

    /// <summary>How long the stream may last.</summary>
    public static StreamSession GetSession(this ServerCallContext context) => context.GetHttpContext().Features.GetRequiredFeature<StreamSession>();
}
