using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Providers.Local;

/// <summary>Gives running agents new credentials.</summary>
internal sealed class AgentClient(TimeProvider timeProvider)
{
    // All of it happens in two processes of this machine.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Returns when the agent has the next credentials, whichever it had.</summary>
    public async Task DeliverAsync(
        Instance instance, string generation, ServerCredentials current, ServerCredentials next, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(Timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            if (!await HasAsync(instance, next, either.Token))
            {
                await PutAsync(instance, generation, current, next, either.Token);
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProviderException(ProviderFault.Transient, $"the agent does not answer within {Timeout.TotalSeconds:0} s", inner: exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new ProviderException(ProviderFault.Transient, $"the agent does not answer: {ServerClient.Reason(exception)}", inner: exception);
        }
    }

    /// <summary>Whether the agent answers to the credentials already.</summary>
    private static async Task<bool> HasAsync(Instance instance, ServerCredentials credentials, CancellationToken cancellationToken)
    {
        using var client = new ServerClient(instance.Name, instance.Address, credentials);
        try
        {
            using var response = await client.SendAsync(HttpMethod.Get, "/_ping", content: null, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException exception) when (exception.InnerException is AuthenticationException)
        {
            return false;
        }
    }

    private static async Task PutAsync(
        Instance instance, string generation, ServerCredentials current, ServerCredentials next, CancellationToken cancellationToken)
    {
        var body = AgentCredentials.For(next).Write();
        using var client = new ServerClient(instance.Name, instance.Address, current);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.Add(CredentialsSignature.Header, CredentialsSignature.Sign(current, generation, body));
        using var response = await client.SendAsync(HttpMethod.Put, CredentialsSignature.Path, content, cancellationToken);
        if (response.StatusCode == HttpStatusCode.MethodNotAllowed)
        {
            throw new ProviderException(
                ProviderFault.Rejected, "the server was made by an earlier version of the service, whose processes can't be given new credentials");
        }

        if (!response.IsSuccessStatusCode)
        {
            var fault = response.StatusCode >= HttpStatusCode.InternalServerError ? ProviderFault.Transient : ProviderFault.Rejected;
            throw new ProviderException(fault, $"the agent answered the new credentials with HTTP {(int)response.StatusCode}");
        }
    }
}
