using System.Reflection;
using System.Reflection.Emit;

namespace ServersGrpc.Tests.Architecture;

/// <summary>
/// The types that a type uses, read from what the compiler made of it: signatures, attributes, and the instructions of every method.
/// Source text would hide what inference and relative names bring in.
/// </summary>
internal static class TypeUses
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value & 0xFFFF);

    public static IEnumerable<Type> Of(Type type) => Direct(type).SelectMany(Parts).Distinct();

    private static IEnumerable<Type> Direct(Type type) =>
    [
        .. type.BaseType is null ? [] : new[] { type.BaseType },
        .. type.GetInterfaces(),
        .. Attributes(type),
        .. type.GetGenericArguments().SelectMany(argument => argument.IsGenericParameter ? argument.GetGenericParameterConstraints() : []),
        .. type.GetFields(Declared).SelectMany(field => Attributes(field).Append(field.FieldType)),
        .. type.GetMethods(Declared).SelectMany(Method),
        .. type.GetConstructors(Declared).SelectMany(Method),
    ];

    private static IEnumerable<Type> Attributes(MemberInfo member) =>
        member.GetCustomAttributesData().Select(attribute => attribute.AttributeType);

    private static IEnumerable<Type> Method(MethodBase method) =>
        [.. Attributes(method), .. Signature(method), .. method.GetMethodBody() is { } body ? Body(method, body) : []];

    private static IEnumerable<Type> Signature(MethodBase method) =>
    [
        .. method is MethodInfo { ReturnType: var returned } ? [returned] : Type.EmptyTypes,
        .. method.GetParameters().Select(parameter => parameter.ParameterType),
        .. method.IsGenericMethod ? method.GetGenericArguments() : [],
    ];

    private static IEnumerable<Type> Body(MethodBase method, MethodBody body) =>
    [
        .. body.LocalVariables.Select(local => local.LocalType),
        .. body.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause)
            .Select(clause => clause.CatchType!),
        .. Tokens(body.GetILAsByteArray()!).Select(token => Resolve(method, token)).SelectMany(Member),
    ];

    private static MemberInfo Resolve(MethodBase method, int token) => method.Module.ResolveMember(
        token,
        method.DeclaringType!.GetGenericArguments(),
        method.IsGenericMethod ? method.GetGenericArguments() : null)!;

    private static IEnumerable<Type> Member(MemberInfo member) => member switch
    {
        Type type => [type],
        FieldInfo field => [field.DeclaringType!, field.FieldType],
        MethodBase method => [method.DeclaringType!, .. Signature(method)],
        _ => throw new NotSupportedException($"An instruction names {member}."),
    };

    /// <summary>The operands that name a type, a method or a field.</summary>
    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var value = code[at++] is var first and not 0xFE ? first : 0xFE00 | code[at++];
            var operand = OpCodesByValue[value].OperandType;
            if (operand is OperandType.InlineType or OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineTok)
                yield return BitConverter.ToInt32(code, at);
            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }

    /// <summary>A type with what it is made of: the elements of arrays and references, the arguments of generics.</summary>
    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType) return Parts(type.GetElementType()!);
        if (type.IsGenericParameter) return [];
        return type.GetGenericArguments().SelectMany(Parts).Append(type);
    }
}
