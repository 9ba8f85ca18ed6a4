using System.Text.Json;

namespace SecureStation.Serialization;

/// <summary>The lengths of an array of several dimensions, whose values travel as one list, the last index first.</summary>
internal static class ArrayShape
{
    /// <summary>Writes the lengths, <c>[2,3]</c>.</summary>
    /// <exception cref="FormatException">No reader would take the array.</exception>
    public static void Write(Utf8JsonWriter json, Array array)
    {
        if (array.Rank > ObjectBody.MaxRank)
        {
            throw new FormatException($"an array has more than {ObjectBody.MaxRank} dimensions");
        }

        json.WriteStartArray();
        for (int dimension = 0; dimension < array.Rank; dimension++)
        {
            json.WriteNumberValue(array.GetLowerBound(dimension) == 0
                ? array.GetLength(dimension)
                : throw new FormatException("an array begins at another index than 0"));
        }

        json.WriteEndArray();
    }

    /// <summary>An array with these lengths that holds the values.</summary>
    /// <exception cref="FormatException">They do not fit.</exception>
    public static Array Fill(object?[] values, JsonElement lengths)
    {
        if (lengths.GetArrayLength() is < 2 or > ObjectBody.MaxRank)
        {
            throw new FormatException("An array has no such number of dimensions.");
        }

        // The product is bounded by the values that are there; where one length is 0, the others take no memory.
        int[] sizes = [.. lengths.EnumerateArray().Select(static length => length.GetInt32())];
        if (Array.Exists(sizes, static size => size is < 0 or > ObjectBody.MaxNodes) || Product(sizes) != values.Length)
        {
            throw new FormatException("An array's lengths do not fit what it holds.");
        }

        var array = Array.CreateInstance(typeof(object), sizes);
        var index = new int[sizes.Length];
        foreach (object? value in values)
        {
            array.SetValue(value, index);
            for (int dimension = sizes.Length - 1; dimension >= 0 && ++index[dimension] == sizes[dimension]; dimension--)
            {
                index[dimension] = 0;
            }
        }

        return array;
    }

    // 8 lengths of 100,000 are more than a long holds.
    private static decimal Product(int[] sizes)
    {
        decimal product = 1;
        foreach (int size in sizes)
        {
            product = Math.Min(product, long.MaxValue) * size;
        }

        return product;
    }
}
