using SecureStation.Endurance.Rows;

namespace SecureStation.Endurance;

/// <summary>The rows, in the order of the table. A new row is a class in Rows and a line here.</summary>
internal static class AllRows
{
    public static IReadOnlyList<IEnduranceRow> All { get; } =
    [
        new MailboxLeaseRow(),
    ];

    public static IEnduranceRow? Find(string name) => All.FirstOrDefault(row => row.Name == name);
}
