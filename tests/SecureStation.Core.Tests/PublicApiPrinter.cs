using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace SecureStation.Core.Tests;

/// <summary>Prints what an assembly lets others see, one line a member, in an order that does not depend on the compiler.</summary>
internal static class PublicApiPrinter
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext s_nullability = new();

    public static string Print(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(static type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Describe(type)).Append('\n');
            foreach (string member in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Describe(Type type)
    {
        string kind = type switch
        {
            { IsEnum: true } => $"enum {FullName(type)} : {Name(Enum.GetUnderlyingType(type))}",
            { IsInterface: true } => $"interface {FullName(type)}",
            { IsValueType: true } => $"struct {FullName(type)}",
            { IsAbstract: true, IsSealed: true } => $"static class {FullName(type)}",
            { IsAbstract: true } => $"abstract class {FullName(type)}",
            { IsSealed: true } => $"sealed class {FullName(type)}",
            _ => $"class {FullName(type)}",
        };
        IEnumerable<string> bases = type.IsEnum ? [] : type.GetInterfaces().Where(static i => i.IsPublic).Select(Name).Order(StringComparer.Ordinal);
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
        {
            bases = bases.Prepend(Name(parent));
        }

        string all = string.Join(", ", bases);
        return all.Length == 0 ? kind : $"{kind} : {all}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ChangeType(Enum.Parse(type, name), Enum.GetUnderlyingType(type), null)}");
        }

        return type.GetConstructors(Declared).Where(IsVisible).Select(constructor => $"new({Parameters(constructor)})")
            .Concat(type.GetFields(Declared).Where(static field => (field.IsPublic || field.IsFamily) && !IsCompilers(field)).Select(Describe))
            .Concat(type.GetProperties(Declared).Where(static property => property.GetAccessors(true).Any(IsVisible)).Select(Describe))
            .Concat(type.GetEvents(Declared).Where(static e => IsVisible(e.AddMethod!)).Select(static e => $"event {Name(e.EventHandlerType!)} {e.Name}"))
            .Concat(type.GetMethods(Declared).Where(static method => IsVisible(method) && !IsCompilers(method) && !IsAccessor(method)).Select(Describe));
    }

    private static string Describe(FieldInfo field)
    {
        string value = field.IsLiteral ? $" = {field.GetRawConstantValue()}" : string.Empty;
        return $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : string.Empty)}{Name(field.FieldType)} {field.Name}{value}";
    }

    private static string Describe(PropertyInfo property)
    {
        MethodInfo accessor = property.GetAccessors(true).First(IsVisible);
        NullabilityInfo nullability = s_nullability.Create(property);
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : string.Empty;
        IEnumerable<string> accessors = new[]
        {
            property.GetMethod is { } get && IsVisible(get) ? $"{Protected(get, accessor)}get;" : null,
            property.SetMethod is { } set && IsVisible(set)
                ? $"{Protected(set, accessor)}{(set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init" : "set")};"
                : null,
        }.OfType<string>();
        return $"{Modifiers(accessor)}{required}{Name(property.PropertyType, property.CanRead ? nullability.ReadState : nullability.WriteState)} {property.Name} {{ {string.Join(' ', accessors)} }}";
    }

    private static string Describe(MethodInfo method)
    {
        string generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : string.Empty;
        return $"{Modifiers(method)}{Name(method.ReturnType, s_nullability.Create(method.ReturnParameter).ReadState)} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(static parameter =>
    {
        string name = Name(parameter.ParameterType, s_nullability.Create(parameter).WriteState);
        string direction = parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? "ref " : string.Empty;
        string value = parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : string.Empty;
        return $"{direction}{name} {parameter.Name}{value}";
    }));

    private static string Modifiers(MethodBase method) => (method.IsFamily || method.IsFamilyOrAssembly ? "protected " : string.Empty)
        + (method.IsStatic ? "static "
            : method.DeclaringType!.IsInterface || !method.IsVirtual || method.IsFinal ? string.Empty
            : method.IsAbstract ? "abstract "
            : ((MethodInfo)method).GetBaseDefinition() != method ? "override "
            : "virtual ");

    private static string Protected(MethodInfo accessor, MethodInfo shown) => accessor.IsFamily && !shown.IsFamily ? "protected " : string.Empty;

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsCompilers(MemberInfo member) => member.IsDefined(typeof(CompilerGeneratedAttribute)) || member.Name.Contains('<', StringComparison.Ordinal);

    private static bool IsAccessor(MethodInfo method) => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string FullName(Type type) => $"{(type.DeclaringType is { } outer ? FullName(outer) : type.Namespace)}.{Name(type)}";

    private static string Name(Type type, NullabilityState state) => Name(type) + (state == NullabilityState.Nullable && !type.IsValueType ? "?" : string.Empty);

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[]";
        }

        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return $"{Name(value)}?";
        }

        return type.IsGenericType
            ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
    }
}
