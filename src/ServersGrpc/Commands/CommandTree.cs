using System.CommandLine;
using ServersGrpc.Engine.Access;

namespace ServersGrpc.Commands;

/// <summary>
/// The commands for the owner of a data directory. There is no other way to make a token: whoever may read and write the directory may do
/// everything anyway, and nobody else needs to.
/// </summary>
internal static class CommandTree
{
    /// <summary>What the first argument of a command is.</summary>
    public static readonly IReadOnlyList<string> Roots = ["token", "key"];

    /// <summary>Options that ask what there is. They must not start a service.</summary>
    public static readonly IReadOnlyList<string> Help = ["--help", "-h", "-?", "--version"];

    /// <summary>The command that may come before the service's first start.</summary>
    public const string Create = "create";

    /// <summary>The option that names the data directory.</summary>
    public const string DataDirectory = "--data-directory";

    /// <summary>The commands. <paramref name="orders"/> is asked for when one is carried out.</summary>
    private static RootCommand Build(Func<Orders> orders)
    {
        var root = new RootCommand("Without a command: runs the service, with the settings that README.md describes, as --Servers:KEY=VALUE. The commands are for the owner of a data directory, and work whether the service runs or not.");
        root.Options.Add(new Option<string>(DataDirectory)
        {
            Description = "The service's data directory. Default: as the service is configured here, by appsettings.json and the environment.",
            Recursive = true,
        });
        root.Subcommands.Add(Tokens(orders));
        root.Subcommands.Add(Keys(orders));
        return root;
    }

    /// <summary>Reads arguments as they are: none names a file to read others from.</summary>
    public static ParseResult Parse(Func<Orders> orders, string[] arguments) =>
        Build(orders).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

    private static Command Tokens(Func<Orders> orders) => new("token", "Makes, lists, rotates and revokes the tokens that let in.")
    {
        CreateToken(orders), List(orders), Rotate(orders), Revoke(orders),
    };

    private static Command CreateToken(Func<Orders> orders)
    {
        var name = Name();
        var role = new Option<Role>("--role")
        {
            Required = true,
            Description = "viewer, operator or admin.",
            HelpName = "role",
            CustomParser = argument => Parsed(argument, Roles.Parse),
        };
        var scope = new Option<Scope>("--scope")
        {
            Description = "Only these servers: labels, as team=a, and the beginning of names, as ci-*, joined by commas. Default: all.",
            // As of a variable that was not set: that it means everything would be a surprise.
            CustomParser = argument => Parsed(argument, text => text.Length > 0 ? Scope.Parse(text) : throw new FormatException("The scope is empty. Leave --scope out for all servers.")),
            DefaultValueFactory = _ => Scope.Everything,
        };
        var expires = Expires("Default: never.");
        var command = new Command(Create, "Makes a token and prints it. It can't be had again: only its hash is kept.") { name, role, scope, expires };
        command.SetAction((parsed, cancellationToken) => orders().CreateTokenAsync(
            parsed.InvocationConfiguration, parsed.GetRequiredValue(name), parsed.GetRequiredValue(role), parsed.GetValue(scope)!, parsed.GetValue(expires), cancellationToken));
        return command;
    }

    private static Command List(Func<Orders> orders)
    {
        var command = new Command("list", "Lists all tokens, with when they were last used.");
        command.SetAction(parsed => orders().ListTokens(parsed.InvocationConfiguration));
        return command;
    }

    private static Command Rotate(Func<Orders> orders)
    {
        var name = Name();
        var expires = Expires("Default: as before.");
        var command = new Command("rotate", "Puts a new token in the place of one and prints it. The old one lets nobody in any more, and what it opened ends.") { name, expires };
        command.SetAction((parsed, cancellationToken) =>
            orders().RotateTokenAsync(parsed.InvocationConfiguration, parsed.GetRequiredValue(name), parsed.GetValue(expires), cancellationToken));
        return command;
    }

    private static Command Revoke(Func<Orders> orders)
    {
        var name = Name();
        var command = new Command("revoke", "Ends a token at once, and what it opened.") { name };
        command.SetAction((parsed, cancellationToken) => orders().RevokeTokenAsync(parsed.InvocationConfiguration, parsed.GetRequiredValue(name), cancellationToken));
        return command;
    }

    private static Command Keys(Func<Orders> orders)
    {
        var rotate = new Command(
            "rotate", "Encrypts all secrets in the database under a new key, or under the first of the keys that the configuration names. Safe to repeat after any failure.");
        rotate.SetAction((parsed, cancellationToken) => orders().RotateKeyAsync(parsed.InvocationConfiguration, cancellationToken));
        return new("key", "Changes the key that secrets are encrypted under.") { rotate };
    }

    private static Option<string> Name() => new("--name") { Required = true, Description = "The token's name, which events tell." };

    private static Option<Expiry?> Expires(string @default) => new("--expires")
    {
        Description = $"How long it is good, as 90d, 12h or 30m, or until when, as 2030-01-31T00:00:00Z. {@default}",
        CustomParser = argument => Parsed<Expiry?>(argument, Expiry.Parse),
    };

    private static T? Parsed<T>(System.CommandLine.Parsing.ArgumentResult argument, Func<string, T> parse)
    {
        try
        {
            return parse(argument.Tokens[0].Value);
        }
        catch (FormatException e)
        {
            argument.AddError(e.Message);
            return default;
        }
    }
}
