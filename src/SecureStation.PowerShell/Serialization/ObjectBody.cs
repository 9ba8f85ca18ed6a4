using System.Text.RegularExpressions;

namespace SecureStation.Serialization;

/// <summary>
/// The JSON body of a message of kind object, as docs/protocol/objects.md says it:
/// <c>{"types":[…],"value":…}</c>. Names and limits that reader and writer share.
/// </summary>
internal static partial class ObjectBody
{
    /// <summary>The property with the names of the value's types.</summary>
    public const string Types = "types";

    /// <summary>The property with the value.</summary>
    public const string Value = "value";

    /// <summary>The first property of a tagged value: its kind.</summary>
    public const string Tag = "$";

    /// <summary>The member with the text of an object.</summary>
    public const string Text = "text";

    /// <summary>The member with the lengths of an array of several dimensions.</summary>
    public const string Lengths = "lengths";

    /// <summary>The member with what was added to a value.</summary>
    public const string Members = "members";

    /// <summary>The property with the number of an enum.</summary>
    public const string EnumNumber = "value__";

    /// <summary>What stands before every type name that came from a peer, once however many hands it went through.</summary>
    public const string TypePrefix = "Deserialized.";

    /// <summary>How many type names a body may give.</summary>
    public const int MaxTypes = 8;

    /// <summary>How many objects, lists and maps may stand in one another.</summary>
    public const int MaxDepth = 16;

    /// <summary>How many values a body may hold, containers and their members counted alike.</summary>
    public const int MaxNodes = 100_000;

    /// <summary>How many levels below the top are sent unless -Depth says otherwise.</summary>
    public const int DefaultDepth = 2;

    /// <summary>How many dimensions an array may have.</summary>
    public const int MaxRank = 8;

    /// <summary>JSON nests deeper than values do: the body itself, and for each map its tag, its list, its pairs, and what was added to it.</summary>
    public const int MaxJsonDepth = 2 + (4 * MaxDepth);

    // PowerShell's own members of every object; a property of that name would hide them or be refused by PSObject.
    private static readonly HashSet<string> s_reservedNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "PSObject", "PSBase", "PSAdapted", "PSExtended", "PSTypeNames", "PSStandardMembers",
    };

    /// <summary>Whether a property of that name can be neither sent nor received.</summary>
    public static bool IsReserved(string name) => string.IsNullOrEmpty(name) || s_reservedNames.Contains(name);

    /// <summary>Whether it has the form of a type name that a body may give.</summary>
    public static bool IsTypeName(string name) => TypeName().IsMatch(name);

    /// <summary>The name that a type of a peer's has here.</summary>
    public static string Received(string type) => type.StartsWith(TypePrefix, StringComparison.Ordinal) ? type : TypePrefix + type;

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_.+]{0,199}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TypeName();
}
