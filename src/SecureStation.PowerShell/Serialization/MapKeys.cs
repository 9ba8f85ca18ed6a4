using System.Management.Automation;

namespace SecureStation.Serialization;

/// <summary>What can be a key of a map that travels.</summary>
internal static class MapKeys
{
    /// <summary>Compares keys as the maps of PowerShell do: texts without their case.</summary>
    public static IEqualityComparer<object> Comparer { get; } = new CaseInsensitive();

    /// <summary>Whether it is a text, a number, a time or the like.</summary>
    public static bool IsKey(object? value) => value is not (null or Enum or SwitchParameter) && ScalarWriter.IsScalar(value);

    private sealed class CaseInsensitive : IEqualityComparer<object>
    {
        private static readonly StringComparer s_keys = StringComparer.OrdinalIgnoreCase;

        public new bool Equals(object? x, object? y) => s_keys.Equals(x, y);

        public int GetHashCode(object obj) => s_keys.GetHashCode(obj);
    }
}
