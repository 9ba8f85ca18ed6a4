using System.Globalization;
using System.Management.Automation;
using SecureStation.Core;

namespace SecureStation;

/// <summary>
/// One kind of thing that runs in this process under an id. A thing is named by its id, by the beginning of it if that fits one thing, and where
/// both ends of a session are here, by <c>id:initiator</c> and <c>id:responder</c>.
/// </summary>
/// <param name="noun">What it is called, in messages.</param>
/// <param name="subject">What it is to the advice of errors.</param>
/// <param name="all">All that there are.</param>
/// <param name="id">The id of one.</param>
/// <param name="hint">What a completion says of one.</param>
/// <param name="side">Which end one is, where two share an id; null of things that do not.</param>
internal sealed class IdKind<T>(string noun, StationSubject subject, Func<IReadOnlyList<T>> all, Func<T, string> id, Func<T, string> hint, Func<T, string>? side = null)
    where T : class
{
    /// <summary>What it is called, in messages.</summary>
    public string Noun => noun;

    /// <summary>All that there are.</summary>
    public IReadOnlyList<T> All => all();

    /// <summary>The ids, each with a hint.</summary>
    public IEnumerable<(string Name, string Hint)> Ids => All.Select(one => (id(one), hint(one)));

    /// <summary>What names one thing each, with a hint.</summary>
    public IEnumerable<(string Name, string Hint)> Names =>
        All.GroupBy(id).SelectMany(group => group.Count() == 1 || side is null
            ? group.Select(one => (id(one), hint(one)))
            : group.OrderBy(side).Select(one => ($"{id(one)}:{side(one)}", hint(one))));

    /// <summary>All that a Get- command is asked for: those that fit wildcards, those with that id, or the one whose id begins so.</summary>
    /// <param name="text">What was given.</param>
    /// <param name="among">Where to look.</param>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>, <see cref="StationFault.InvalidArgument"/></exception>
    public IReadOnlyList<T> Select(string text, IReadOnlyList<T> among)
    {
        if (WildcardPattern.ContainsWildcardCharacters(text))
        {
            var pattern = WildcardPattern.Get(text, WildcardOptions.IgnoreCase);
            return [.. among.Where(one => pattern.IsMatch(id(one)))];
        }

        T[] exact = Fitting(text, among, static (whole, part) => string.Equals(whole, part, StringComparison.OrdinalIgnoreCase));
        return exact.Length > 0 ? exact : [Single(text, among)];
    }

    /// <summary>The one thing that a parameter names.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>, <see cref="StationFault.InvalidArgument"/></exception>
    public T One(string text) => Single(text, All);

    private T Single(string text, IReadOnlyList<T> among)
    {
        T[] found = Fitting(text, among, static (whole, part) => part.Length > 0 && whole.StartsWith(part, StringComparison.OrdinalIgnoreCase));
        return found.Length switch
        {
            1 => found[0],
            0 => throw new StationException(StationFault.NotFound, $"No {noun} of this process has the id '{text}', or one that begins so.") { Subject = subject },
            _ => throw new StationException(StationFault.InvalidArgument, Ambiguity(text, found)) { Subject = subject },
        };
    }

    private T[] Fitting(string text, IReadOnlyList<T> among, Func<string, string, bool> fits)
    {
        string? end = null;
        int colon = side is null ? -1 : text.LastIndexOf(':');
        if (colon >= 0)
        {
            (text, end) = (text[..colon], text[(colon + 1)..]);
        }

        return [.. among.Where(one => fits(id(one), text) && (end is null || string.Equals(side!(one), end, StringComparison.OrdinalIgnoreCase)))];
    }

    private string Ambiguity(string text, IReadOnlyList<T> found)
    {
        string[] names = [.. found.Select(id).Distinct()];
        return names.Length == 1 && side is not null
            ? $"'{text}' fits both ends of one {noun}, which are both in this process. Say which: {string.Join(" or ", found.Select(side).Order().Select(end => $"{names[0]}:{end}"))}."
            : string.Create(CultureInfo.InvariantCulture, $"'{text}' fits {names.Length} ids of a {noun}: {string.Join(", ", names.Take(3))}{(names.Length > 3 ? " …" : "")}. Give more of the id.");
    }
}
