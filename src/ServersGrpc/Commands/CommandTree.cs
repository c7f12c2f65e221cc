using System.CommandLine;
using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Commands;

/// <summary>
/// The commands for the owner of a data directory. There is no other way to make a token: whoever may read and write the directory may do
/// everything anyway, and nobody else needs to.
/// </summary>
internal static class CommandTree
{
    /// <summary>What the first argument of a command is.</summary>
    public static readonly IReadOnlyList<string> Roots = ["token", "key", Backup, Restore];

    /// <summary>Options that ask what there is. They must not start a service.</summary>
    public static readonly IReadOnlyList<string> Help = ["--help", "-h", "-?", "--version"];

    /// <summary>The command that may come before the service's first start.</summary>
    public const string Create = "create";

    public const string Backup = "backup";

    /// <summary>The command that needs a data directory without a database, and without a service.</summary>
    public const string Restore = "restore";

    /// <summary>The argument of these two.</summary>
    public const string File = "file";

    /// <summary>The option that names the data directory.</summary>
    public const string DataDirectory = "--data-directory";

    /// <summary>The commands. <paramref name="orders"/> and <paramref name="directory"/> are asked for when one is carried out.</summary>
    private static RootCommand Build(Func<Orders> orders, Func<DataDirectory> directory)
    {
        var root = new RootCommand("Without a command: runs the service, with the settings that README.md describes, as --Servers:KEY=VALUE. The commands are for the owner of a data directory, and work whether the service runs or not.");
        root.Options.Add(new Option<string>(DataDirectory)
        {
            Description = "The service's data directory. Default: as the service is configured here, by appsettings.json and the environment.",
            Recursive = true,
        });
        root.Subcommands.Add(Tokens(orders));
        root.Subcommands.Add(Keys(orders));
        root.Subcommands.Add(BackUp(orders));
        root.Subcommands.Add(PutBack(directory));
        return root;
    }

    /// <summary>Reads arguments as they are: none names a file to read others from.</summary>
    /// <param name="orders">Carries commands out.</param>
    /// <param name="directory">The data directory, where no service runs on it; throws where one does.</param>
    /// <param name="arguments">The command and what it is given.</param>
    public static ParseResult Parse(Func<Orders> orders, Func<DataDirectory> directory, string[] arguments) =>
        Build(orders, directory).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

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

    private static Command BackUp(Func<Orders> orders)
    {
        var file = FileArgument("The file to make. It must not be there yet.");
        var command = new Command(
            Backup, "Copies the database to a file, while the service goes on. The key that secrets are encrypted under is not in it: keep that apart.") { file };
        command.SetAction((parsed, cancellationToken) => orders().BackUpAsync(parsed.InvocationConfiguration, parsed.GetRequiredValue(file), cancellationToken));
        return command;
    }

    private static Command PutBack(Func<DataDirectory> directory)
    {
        var file = FileArgument("A backup.");
        var command = new Command(
            Restore, "Checks a backup and puts it into a data directory that has no database. No service may run on that; it is made where there is none.") { file };
        command.SetAction((parsed, cancellationToken) =>
            Orders.RestoreAsync(parsed.InvocationConfiguration, parsed.GetRequiredValue(file), directory, cancellationToken));
        return command;
    }

    // Made full here: the service works in another directory.
    private static Argument<string> FileArgument(string description) => new(File)
    {
        Description = description,
        CustomParser = argument => Parsed(argument, text => text.Length > 0 ? Path.GetFullPath(text) : throw new FormatException("The file has no name.")),
    };

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
