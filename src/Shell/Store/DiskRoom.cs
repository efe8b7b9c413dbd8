namespace SmartCity.Shell.Store;

/// <summary>Whether little room is left on the disks that this host itself writes to: less than a tenth (<c>Disk:Percent</c>) and less than 5 GB
/// (<c>Disk:Spare</c>). What can wait then does: files that people bring are refused, what feeds bring to the embedded database is shown and not stored. Notes,
/// orders and decisions go on until nothing is left. The disk of a PostgreSQL server is not seen from here.</summary>
internal sealed class DiskRoom(CityDatabase database, ArchiveFolder archive, IConfiguration settings, TimeProvider time, ILogger<DiskRoom> log)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private readonly int _percent = settings.GetValue("Disk:Percent", 10);
    private readonly double _spare = settings.GetValue("Disk:Spare", 5.0) * (1 << 30);
    private readonly Lock _gate = new();
    private long? _looked;
    private bool _short, _historyWaits;

    /// <summary>Files that people bring are not taken.</summary>
    public bool IsShort { get { Look(); return _short; } }

    /// <summary>What feeds bring is shown, and waits in memory.</summary>
    public bool HistoryWaits { get { Look(); return _historyWaits; } }

    private void Look()
    {
        lock (_gate)
        {
            if (_looked is { } before && time.GetElapsedTime(before) < Every) return;
            _looked = time.GetTimestamp();
            var was = _short;
            _historyWaits = database.File is { } file && IsShortAt(Path.GetDirectoryName(file)!);
            _short = _historyWaits || IsShortAt(archive.Path);
            if (_short && !was) log.LogError("Little room is left on the disk (Disk:Percent, Disk:Spare): files are refused{History}", _historyWaits ? ", and what feeds bring is not stored" : "");
            else if (was && !_short) log.LogInformation("There is room on the disk again");
        }
    }

    private bool IsShortAt(string? folder)
    {
        while (folder is not null && !Directory.Exists(folder)) folder = Path.GetDirectoryName(folder);
        if (folder is null) return false;
        try
        {
            var drive = new DriveInfo(folder);
            return drive.AvailableFreeSpace < _spare && drive.AvailableFreeSpace < drive.TotalSize / 100.0 * _percent;
        }
        // a volume that does not tell is not short
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException) { return false; }
    }
}
