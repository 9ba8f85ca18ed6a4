using System.Collections;
using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Management.Automation;
using System.Net;
using System.Reflection;
using System.Security;

namespace SecureStation.Serialization;

/// <summary>What PowerShell's values are to the wire: which are bytes, maps, texts, secrets; what was added to them.</summary>
internal static class ValueForms
{
    // What Get-Content adds to every line or piece: where it stood, not what it says. And what Protect-StationMessage says of its own text.
    private static readonly HashSet<string> s_providerMembers = new(StringComparer.OrdinalIgnoreCase)
    {
        "PSPath", "PSParentPath", "PSChildName", "PSDrive", "PSProvider", "ReadCount", "Secrecy",
    };

    // Internal to PowerShell, and only spared work depends on it: to list properties or type names costs 1 µs a value and more.
    private static readonly Func<object, bool> s_hasInstanceMembers = FindHasInstanceMembers();

    /// <summary>The value below PowerShell's wrapper. A PSCustomObject is its own: the object below it is an empty token shared by all.</summary>
    public static object? Unwrap(object? value) => value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;

    /// <summary>Whether it stands for nothing: null, its relatives, and a credential without user or password.</summary>
    public static bool IsNull(object? bare) => bare is null or DBNull or System.Management.Automation.Language.NullString

        // What every PSDrive has, and so every file and folder that Get-Item writes.
        or PSCredential { UserName: null } or PSCredential { Password.Length: 0 }

        // What a command without output gives: an object that is no object.
        || ReferenceEquals(bare, System.Management.Automation.Internal.AutomationNull.Value);

    /// <summary>Whether it is a secret that must not travel unnoticed.</summary>
    public static bool IsSecret(object bare) => bare is SecureString or PSCredential or NetworkCredential;

    /// <summary>Whether its text is all that there is to send: its properties would go through half of the runtime.</summary>
    public static bool IsText(object bare) =>
        bare is MemberInfo or Assembly or Delegate or ScriptBlock or nint or nuint
        || bare.GetType().FullName == "System.Management.Automation.SemanticVersion";

    /// <summary>Whether it is bytes: an array or memory of them, or a list that holds nothing else, as Get-Content -AsByteStream gives.</summary>
    public static bool TryBytes(object? bare, out ReadOnlyMemory<byte> bytes)
    {
        switch (bare)
        {
            case byte[] array:
                bytes = array;
                return true;
            case ReadOnlyMemory<byte> memory:
                bytes = memory;
                return true;
            case Memory<byte> memory:
                bytes = memory;
                return true;
            case ArraySegment<byte> segment:
                bytes = segment;
                return true;
            case IList { Count: > 0 } list and not Array { Rank: > 1 }:
                return TryCollect(list, out bytes);
            default:
                bytes = default;
                return false;
        }
    }

    /// <summary>Whether it holds values under keys; generic dictionaries count that are no <see cref="IDictionary"/>, as ExpandoObject.</summary>
    /// <param name="bare">The value.</param>
    /// <param name="entries">Keys and values.</param>
    /// <param name="isOrdered">Whether the order means something: for all but the plain hash tables.</param>
    public static bool TryEntries(object bare, out IEnumerable<(object Key, object? Value)> entries, out bool isOrdered)
    {
        Type type = bare.GetType();
        Type? generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        isOrdered = type != typeof(Hashtable) && generic != typeof(Dictionary<,>) && generic != typeof(ConcurrentDictionary<,>);
        if (bare is IDictionary map)
        {
            entries = Entries(map);
            return true;
        }

        Type? contract = Array.Find(type.GetInterfaces(), static i =>
            i.IsGenericType && (i.GetGenericTypeDefinition() == typeof(IDictionary<,>) || i.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)));
        entries = contract is null ? [] : PairsOf((IEnumerable)bare, typeof(KeyValuePair<,>).MakeGenericType(contract.GetGenericArguments()));
        return contract is not null;
    }

    /// <summary>Whether something may have been added to a value: members that are its alone.</summary>
    /// <remarks>Of a text or a number the wrapper alone knows; of anything else PowerShell remembers it by the object.</remarks>
    public static bool MayHaveMembers(object? value) => value is not (null or string or ValueType) && s_hasInstanceMembers(value);

    /// <summary>What Add-Member or a command has added to a value that is not made of properties.</summary>
    public static IReadOnlyList<PSPropertyInfo> AddedMembers(object? value)
    {
        if (!MayHaveMembers(value))
        {
            return [];
        }

        return [.. PSObject.AsPSObject(value!).Properties.Where(member =>
            member is { IsInstance: true, IsGettable: true } and not PSProperty && !s_providerMembers.Contains(member.Name))];
    }

    /// <summary>The type of an enum that came from a peer as a text; null of anything else.</summary>
    public static string? ReceivedEnum(object? value) =>
        value is PSObject { BaseObject: string } text && MayHaveMembers(text)
        && text.TypeNames.LastOrDefault() is { } type && type.StartsWith(ObjectBody.TypePrefix, StringComparison.Ordinal)
        && text.Properties[ObjectBody.EnumNumber] is not null
            ? type[ObjectBody.TypePrefix.Length..]
            : null;

    /// <summary>The text that <c>"$value"</c> gives.</summary>
    public static string Text(object value)
    {
        try
        {
            return (value as PSObject ?? PSObject.AsPSObject(value)).ToString() ?? "";
        }
        catch (Exception failure) when (failure is not (PipelineStoppedException or OutOfMemoryException))
        {
            return Unwrap(value)?.GetType().FullName ?? "";
        }
    }

    /// <summary>The text of an object; null where it says no more than its type or its properties do.</summary>
    public static string? OwnText(PSObject value)
    {
        if (value.BaseObject is PSCustomObject)
        {
            return value.Methods["ToString"] is PSScriptMethod or PSCodeMethod or ReceivedText ? Text(value) : null;
        }

        Type type = value.BaseObject.GetType();
        string text = Text(value);
        return text == type.FullName || text == type.ToString() ? null : text;
    }

    // Where the method should not be found, any object may have members.
    private static Func<object, bool> FindHasInstanceMembers()
    {
        if (typeof(PSObject).GetMethod("HasInstanceMembers", BindingFlags.Static | BindingFlags.NonPublic) is not { } method
            || method.GetParameters() is not [{ ParameterType: var first }, { IsOut: true } members] || first != typeof(object))
        {
            return static _ => true;
        }

        ParameterExpression value = Expression.Parameter(typeof(object));
        ParameterExpression found = Expression.Variable(members.ParameterType.GetElementType()!);
        return Expression.Lambda<Func<object, bool>>(Expression.Block([found], Expression.Call(method, value, found)), value).Compile();
    }

    private static bool TryCollect(IList list, out ReadOnlyMemory<byte> bytes)
    {
        var array = new byte[list.Count];
        bytes = array;
        int count = 0;
        foreach (object? item in list)
        {
            if (Unwrap(item) is not byte value || count == array.Length)
            {
                return false;
            }

            array[count++] = value;
        }

        return count == array.Length;
    }

    private static IEnumerable<(object Key, object? Value)> Entries(IDictionary map)
    {
        // Current is no DictionaryEntry in every dictionary: that of ProcessStartInfo.Environment gives a KeyValuePair. Key and Value are everywhere.
        IDictionaryEnumerator entry = map.GetEnumerator();
        using IDisposable? ending = entry as IDisposable;
        while (entry.MoveNext())
        {
            yield return (entry.Key, entry.Value);
        }
    }

    private static IEnumerable<(object Key, object? Value)> PairsOf(IEnumerable pairs, Type pair)
    {
        PropertyInfo key = pair.GetProperty("Key")!;
        PropertyInfo value = pair.GetProperty("Value")!;
        foreach (object entry in pairs)
        {
            yield return (key.GetValue(entry)!, value.GetValue(entry));
        }
    }
}
