using System.Globalization;
using System.Text;

namespace SecureStation.Serialization;

/// <summary>Where in an object a walk stands, for messages: <c>config.servers[2].owner</c>.</summary>
internal sealed class PropertyPath
{
    private readonly List<(string? Name, int Index)> _steps = [];

    /// <summary>Goes into a property, or to the value of a key.</summary>
    public void Enter(string name) => _steps.Add((name, 0));

    /// <summary>Goes to an element of a list.</summary>
    public void Enter(int index) => _steps.Add((null, index));

    /// <summary>Comes back.</summary>
    public void Leave() => _steps.RemoveAt(_steps.Count - 1);

    /// <summary>" at 'a.b[2]'", and nothing at the top.</summary>
    public string Where => _steps.Count == 0 ? "" : $" at '{this}'";

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach ((string? name, int index) in _steps)
        {
            if (name is null)
            {
                text.Append(CultureInfo.InvariantCulture, $"[{index}]");
            }
            else
            {
                text.Append(text.Length > 0 ? "." : "").Append(name);
            }
        }

        return text.ToString();
    }
}
