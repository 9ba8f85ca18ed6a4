using System.Reflection;
using System.Text.RegularExpressions;

namespace SecureStation.TestNames;

/// <summary>Tests are named as sentences, with underscores for spaces. No naming rule of an .editorconfig knows which methods are tests.</summary>
public partial class TestNameTests
{
    [Fact]
    public void Each_test_is_named_as_a_sentence()
    {
        string[] others = [.. from type in typeof(TestNameTests).Assembly.GetTypes()
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            where method.IsDefined(typeof(FactAttribute), inherit: true) && !Sentence().IsMatch(method.Name)
            select $"{type.Name}.{method.Name}"];

        Assert.Empty(others);
    }

    // One word, or several with an underscore between; names of types and standards keep their capitals.
    [GeneratedRegex("^([A-Z][a-z0-9]*|[A-Z0-9][A-Za-z0-9]*(_[A-Za-z0-9]+)+)$")]
    private static partial Regex Sentence();
}
