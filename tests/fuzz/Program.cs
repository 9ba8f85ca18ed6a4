using System.Globalization;
using SecureStation.Core;
using SecureStation.Fuzz;

// list                              the targets
// run TARGET|all [SECONDS] [SEED]   the managed driver
// try TARGET FILE...                inputs from files
// corpus TARGET FOLDER              writes the corpus, for AFL++
// afl TARGET                        one input after another from AFL++ (run.sh)
switch (args)
{
    case ["list"]:
        foreach (IFuzzTarget target in FuzzTargets.All)
        {
            Console.WriteLine(target.Name);
        }

        return 0;
    case ["run", string name, .. string[] rest]:
        TimeSpan time = TimeSpan.FromSeconds(rest.Length > 0 ? double.Parse(rest[0], CultureInfo.InvariantCulture) : 10);
        int seed = rest.Length > 1 ? int.Parse(rest[1], CultureInfo.InvariantCulture) : Environment.TickCount;
        int found = 0;
        foreach (IFuzzTarget target in name == "all" ? FuzzTargets.All : [FuzzTargets.Find(name)])
        {
            FuzzReport report = ManagedDriver.Run(target, seed, time);
            Console.WriteLine($"{target.Name,-18} seed {seed}, {report.Runs,9} runs, {report.Good,8} good  {(report.Found is null ? "nothing found" : "FOUND")}");
            if (report.Found is { } find)
            {
                found++;
                string file = Path.Combine(Path.GetTempPath(), $"{target.Name}-{Guid.NewGuid():n}.bin");
                File.WriteAllBytes(file, find.Input);
                Console.WriteLine($"{find.Why}\nThe input is in {file}; once it is mended, put it into tests/fuzz/found/{target.Name}.");
            }
        }

        return found == 0 ? 0 : 1;
    case ["try", string name, .. string[] files]:
        foreach (string file in files)
        {
            Find? find = ManagedDriver.Try(FuzzTargets.Find(name), File.ReadAllBytes(file));
            Console.WriteLine($"{file}: {find?.Why ?? "stands"}");
        }

        return 0;
    case ["corpus", string name, string folder]:
        Directory.CreateDirectory(folder);
        int number = 0;
        foreach (byte[] input in FuzzTargets.Find(name).Corpus().Where(static input => input.Length is > 0 and <= Mutator.MaxLength))
        {
            File.WriteAllBytes(Path.Combine(folder, $"{number++:d4}"), input);
        }

        return 0;
    case ["afl", string name]:
        // Made inside: instrumented code must not run before AFL's memory is there.
        IFuzzTarget? one = null;
        SharpFuzz.Fuzzer.OutOfProcess.Run(stream =>
        {
            using var buffer = new MemoryStream();
            stream.CopyTo(buffer);
            try
            {
                one ??= FuzzTargets.Find(name);
                one.Run(buffer.ToArray());
            }
            catch (StationException)
            {
                // Refused, as it may be.
            }
        });
        return 0;
    default:
        Console.Error.WriteLine("list | run TARGET|all [SECONDS] [SEED] | try TARGET FILE... | corpus TARGET FOLDER | afl TARGET");
        return 2;
}
