using SecureStation.Endurance.Rows;

namespace SecureStation.Endurance;

/// <summary>The rows, in the order of the table. A new row is a class in Rows and a line here.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Interoperability", "CA1416:Validate platform compatibility", Justification = "A row that cannot run says so (LeftOut).")]
internal static class AllRows
{
    public static IReadOnlyList<IEnduranceRow> All { get; } =
    [
        new HoldRow(),
        new IdleRow(),
        new NeverReadsRow(),
        new AtOnceRow(),
        new SlowRow(),
        new StopAfterFirstRow(),
        new GarbageRow(),
        new SequentialRow(),
        new CutRow(),
        new ReconnectRow(),
        new StateRow(),
        new BitFlipRow(),
        new RecordsRow(),
        new ReflectRow(),
        new LengthsRow(),
        new RekeyRow(),
        new NonceLimitsRow(),
        new ClockRow(),
        new DowngradeRow(),
        new BadPointsRow(),
        new TrustCasesRow(),
        new SecretsRow(),
        new KeyFilesRow(),
        new TrustStoreRow(),
        new TrustBitsRow(),
        new LogKillRow(),
        new TransferKillRow(),
        new DescriptorsRow(),
        new StopRow(),
        new NotaryHttpRow(),
        new FullDiskRow(),
        new MailboxConsumersRow(isNats: false),
        new MailboxConsumersRow(isNats: true),
        new MailboxRestartRow(),
        new MailboxClusterRow(),
        new MailboxLeaseRow(),
        new MailboxClockRow(),
    ];

    public static IEnduranceRow? Find(string name) => All.FirstOrDefault(row => row.Name == name);
}
