using System.Collections.Frozen;
using System.Net;

namespace ServersGrpc.Engine.Providers.Hetzner;

/// <summary>What to do about each error that the API documents.</summary>
internal static class HetznerFaults
{
    private static readonly FrozenDictionary<string, ProviderFault> Known = new Dictionary<string, ProviderFault>
    {
        ["not_found"] = ProviderFault.NotFound,

        ["no_space_left_in_location"] = ProviderFault.CapacityUnavailable,
        ["no_subnet_available"] = ProviderFault.CapacityUnavailable,
        ["placement_error"] = ProviderFault.CapacityUnavailable,
        ["resource_limit_exceeded"] = ProviderFault.CapacityUnavailable,
        ["resource_unavailable"] = ProviderFault.CapacityUnavailable,

        ["action_failed"] = ProviderFault.Transient,
        ["bad_gateway"] = ProviderFault.Transient,
        ["conflict"] = ProviderFault.Transient,
        ["limit_reached"] = ProviderFault.Transient,
        ["locked"] = ProviderFault.Transient,
        ["maintenance"] = ProviderFault.Transient,
        // An address or a volume goes once its server is gone.
        ["must_be_unassigned"] = ProviderFault.Transient,
        ["primary_ip_already_assigned"] = ProviderFault.Transient,
        ["primary_ip_assigned"] = ProviderFault.Transient,
        ["rate_limit_exceeded"] = ProviderFault.Transient,
        ["resource_in_use"] = ProviderFault.Transient,
        ["robot_unavailable"] = ProviderFault.Transient,
        ["server_error"] = ProviderFault.Transient,
        ["server_not_stopped"] = ProviderFault.Transient,
        ["service_error"] = ProviderFault.Transient,
        ["timeout"] = ProviderFault.Transient,
        ["unavailable"] = ProviderFault.Transient,
        ["unknown_error"] = ProviderFault.Transient,
        ["volume_already_attached"] = ProviderFault.Transient,

        ["cloud_resource_ip_not_allowed"] = ProviderFault.Rejected,
        ["deprecated_api_endpoint"] = ProviderFault.Rejected,
        ["firewall_already_applied"] = ProviderFault.Rejected,
        ["firewall_managed_by_label_selector"] = ProviderFault.Rejected,
        ["firewall_resource_not_found"] = ProviderFault.Rejected,
        ["forbidden"] = ProviderFault.Rejected,
        ["incompatible_network_type"] = ProviderFault.Rejected,
        ["invalid_input"] = ProviderFault.Rejected,
        ["invalid_server_type"] = ProviderFault.Rejected,
        ["ip_not_available"] = ProviderFault.Rejected,
        ["json_error"] = ProviderFault.Rejected,
        ["method_not_allowed"] = ProviderFault.Rejected,
        ["networks_overlap"] = ProviderFault.Rejected,
        ["primary_ip_datacenter_mismatch"] = ProviderFault.Rejected,
        ["primary_ip_version_mismatch"] = ProviderFault.Rejected,
        ["private_net_only_server"] = ProviderFault.Rejected,
        ["protected"] = ProviderFault.Rejected,
        // "The caller should contact support": waiting does not help.
        ["resource_locked"] = ProviderFault.Rejected,
        ["server_already_added"] = ProviderFault.Rejected,
        ["server_already_attached"] = ProviderFault.Rejected,
        ["server_has_ipv4"] = ProviderFault.Rejected,
        ["server_has_ipv6"] = ProviderFault.Rejected,
        ["token_readonly"] = ProviderFault.Rejected,
        ["unauthorized"] = ProviderFault.Rejected,
        ["uniqueness_error"] = ProviderFault.Rejected,
        ["unsupported_error"] = ProviderFault.Rejected,
    }.ToFrozenDictionary();

    // Not every location has every server type, and which has which changes: told as invalid input, it is a matter of the place all the same.
    private const string NotThere = "unsupported location for server type";

    /// <summary>Sorts an error of an answer with this status.</summary>
    public static ProviderFault Sort(string code, string message, HttpStatusCode status) =>
        message.Contains(NotThere, StringComparison.OrdinalIgnoreCase) ? ProviderFault.CapacityUnavailable : Sort(code, status);

    private static ProviderFault Sort(string code, HttpStatusCode status) => Known.TryGetValue(code, out var fault) ? fault : status switch
    {
        // Such as "server location disabled".
        HttpStatusCode.PreconditionFailed => ProviderFault.CapacityUnavailable,
        // Only "not_found" itself says that something is not there.
        HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.Locked => ProviderFault.Transient,
        >= HttpStatusCode.InternalServerError => ProviderFault.Transient,
        _ => ProviderFault.Rejected,
    };

    /// <summary>Sorts the error of an action. Why it failed is often known to nobody, and the next try often goes well.</summary>
    public static ProviderFault SortAction(string code) =>
        Known.TryGetValue(code, out var fault) && fault is not ProviderFault.NotFound ? fault : ProviderFault.Transient;
}
