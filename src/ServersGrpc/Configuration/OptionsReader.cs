using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace ServersGrpc.Configuration;

/// <summary>
/// Reads settings into options and collects every error: a value that can't be read, a value out of bounds, a key that nobody knows. A
/// misspelled key would otherwise be a default that nobody asked for.
/// </summary>
internal sealed class OptionsReader(List<string> errors)
{
    /// <summary>Reads the keys of one section into options that share it. Keys of subsections are left to their own call.</summary>
    public void Read(IConfigurationSection section, IReadOnlyCollection<string> subsections, params IReadOnlyCollection<object> options)
    {
        if (section.Value is not null)
            errors.Add($"{section.Path} must be a section, not a value.");
        var properties = options
            .SelectMany(target => target.GetType().GetProperties().Where(property => property.CanWrite).Select(property => (target, property)))
            .ToDictionary(setting => setting.property.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var key in section.GetChildren())
        {
            if (properties.TryGetValue(key.Key, out var setting))
                Set(setting.target, setting.property, key);
            else if (!subsections.Contains(key.Key, StringComparer.OrdinalIgnoreCase))
                errors.Add($"{key.Path} is not a known key. Known: {string.Join(", ", properties.Values.Select(p => p.property.Name).Concat(subsections).Order(StringComparer.Ordinal))}.");
        }
        foreach (var target in options)
            Check(section, target);
    }

    /// <summary>Reads subsections whose keys are names of their own.</summary>
    public void ReadNamed<T>(IConfigurationSection section, Dictionary<string, T> named)
        where T : new()
    {
        if (section.Value is not null)
            errors.Add($"{section.Path} must be a section, not a value.");
        foreach (var child in section.GetChildren())
        {
            var options = new T();
            Read(child, [], options);
            named[child.Key] = options;
        }
    }

    private void Set(object target, PropertyInfo property, IConfigurationSection key)
    {
        if (property.PropertyType == typeof(IReadOnlyList<string>))
        {
            property.SetValue(target, ReadList(key));
            return;
        }
        if (key.Value is null)
        {
            errors.Add($"{key.Path} must be one value.");
            return;
        }
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        try
        {
            var value = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(key.Value);
            // Of an enumeration any number would be taken, and a list of its names.
            if (type.IsEnum && !Enum.GetNames(type).Contains(key.Value, StringComparer.OrdinalIgnoreCase))
                throw new FormatException();
            property.SetValue(target, value);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            errors.Add($"{key.Path} is \"{key.Value}\", which is not {Describe(type)}.");
        }
    }

    /// <summary>A list as JSON has it, or, for one environment variable or argument, as one value with commas.</summary>
    private IReadOnlyList<string> ReadList(IConfigurationSection key)
    {
        if (key.Value is { } value)
            return value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var items = key.GetChildren().Select(item => item.Value).ToList();
        if (items.Contains(null))
            errors.Add($"{key.Path} must be a list of values.");
        return [.. items.OfType<string>()];
    }

    private void Check(IConfigurationSection section, object target)
    {
        var results = new List<ValidationResult>();
        // One value out of bounds would hide what the options themselves find.
        if (!Validator.TryValidateObject(target, new(target), results, validateAllProperties: true) && target is IValidatableObject more)
            results.AddRange(more.Validate(new(target)).Where(found => results.All(result => result.ErrorMessage != found.ErrorMessage)));
        if (results.Count > 0)
            errors.AddRange(results.Select(result => $"{section.Path}: {result.ErrorMessage}"));
    }

    private static string Describe(Type type) => type switch
    {
        _ when type == typeof(int) => "a whole number",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(DateTimeOffset) => "a time as 2030-01-31T00:00:00Z",
        _ when type == typeof(TimeSpan) => "a time as d.hh:mm:ss",
        _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ => $"a {type.Name}",
    };
}
