using SecureStation.Core.Transfers;

namespace SecureStation.Core.Tests.Transfers;

public class TransferQuotaTests
{
    [Fact]
    public void Bytes_and_files_are_counted_and_what_did_not_come_is_given_back()
    {
        var quota = new TransferQuota(100, 2);
        quota.Take(60);
        StationAssert.Fails(StationFault.TransferLimit, () => quota.Take(41));
        quota.Return(60);
        quota.Take(100);
        StationAssert.Fails(StationFault.TransferLimit, () => quota.Take(1));
        quota.Take(0);
        quota.TakeFile();
        quota.TakeFile();
        StationException e = StationAssert.Fails(StationFault.TransferLimit, quota.TakeFile);
        Assert.Contains("2 files", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_that_would_overflow_is_refused()
    {
        var quota = new TransferQuota(long.MaxValue, 1);
        quota.Take(10);
        StationAssert.Fails(StationFault.TransferLimit, () => quota.Take(long.MaxValue));
    }
}
