namespace Grpc.Core;

/// <summary>Says where generated code keeps the method that lists a service's methods.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = true)]
public class BindServiceMethodAttribute(Type bindType, string bindMethodName) : Attribute
{
    /// <summary>The class that has the method.</summary>
    public Type BindType { get; } = bindType;

    /// <summary>A static method that takes a <see cref="ServiceBinderBase"/> and an implementation, which may be null.</summary>
    public string BindMethodName { get; } = bindMethodName;
}
