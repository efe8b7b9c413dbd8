using System.Data.Common;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;
using SQLitePCL;

namespace SmartCity.Shell.Store;

/// <summary>One row of single values; a missing value is not a number.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ObservationRow(long ObservedAt, int Series, long FetchedAt, long ObservedUntil, double Value, short Quality);

/// <summary>One row of hours; with a count of zero the hour has no value any more.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HourRow(int Series, long Hour, int Count, double Sum, double Min, double Max, long ChangedAt);

/// <summary>Writes many rows within a transaction as fast as each database takes them: a prepared statement on SQLite, binary
/// copy or arrays on PostgreSQL.</summary>
internal abstract class ReadingRows
{
    public static ReadingRows On(CityDatabase database, DbConnection connection) =>
        connection is SqliteConnection sqlite ? new OnSqlite(database, sqlite.Handle!) : new OnPostgres(database, (NpgsqlConnection)connection);

    /// <param name="rows">New to the table as far as is known.</param>
    /// <param name="certain">True when it is certain: then a row that is there already is an error, and faster to find out.</param>
    public abstract void Observations(List<ObservationRow> rows, bool certain);
    public abstract void Hours(List<HourRow> rows);
    /// <summary>Makes days anew from their hours.</summary>
    /// <param name="days">Which.</param>
    /// <param name="mayBeEmpty">True when hours of theirs were deleted.</param>
    public abstract void Days(IReadOnlyCollection<(int Series, long Start, long End)> days, bool mayBeEmpty);

    private const string ObservationColumns = "\"ObservedAt\", \"SeriesId\", \"FetchedAt\", \"ObservedUntil\", \"Value\", \"Quality\"";
    private const string HourColumns = "\"SeriesId\", \"Hour\", \"Count\", \"Sum\", \"Min\", \"Max\", \"ChangedAt\"";
    private const string OverHour = " ON CONFLICT (\"SeriesId\", \"Hour\") DO UPDATE SET \"Count\" = excluded.\"Count\", \"Sum\" = excluded.\"Sum\", \"Min\" = excluded.\"Min\", \"Max\" = excluded.\"Max\", \"ChangedAt\" = excluded.\"ChangedAt\"";
    private const string OverDay = " ON CONFLICT (\"SeriesId\", \"Day\") DO UPDATE SET \"Count\" = excluded.\"Count\", \"Sum\" = excluded.\"Sum\", \"Min\" = excluded.\"Min\", \"Max\" = excluded.\"Max\"";
    private const string DayColumns = "\"SeriesId\", \"Day\", \"Count\", \"Sum\", \"Min\", \"Max\"";
    private const string OfHours = "CAST(sum(h.\"Count\") AS integer), sum(h.\"Sum\"), min(h.\"Min\"), max(h.\"Max\")";

    private sealed class OnSqlite(CityDatabase database, sqlite3 handle) : ReadingRows
    {
        public override void Observations(List<ObservationRow> rows, bool certain)
        {
            if (rows.Count == 0) return;
            using var insert = new Statement(handle, $"INSERT INTO {database.T("observations")} ({ObservationColumns}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
            foreach (var r in rows)
            {
                insert.Bind(1, r.ObservedAt).Bind(2, r.Series).Bind(3, r.FetchedAt).Bind(4, r.ObservedUntil).Bind(5, r.Value).Bind(6, r.Quality);
                insert.Run();
            }
        }

        public override void Hours(List<HourRow> rows)
        {
            using var upsert = new Statement(handle, $"INSERT INTO {database.T("hours")} ({HourColumns}) VALUES (?, ?, ?, ?, ?, ?, ?){OverHour}");
            using var delete = new Statement(handle, $"DELETE FROM {database.T("hours")} WHERE \"SeriesId\" = ? AND \"Hour\" = ?");
            foreach (var r in rows)
                if (r.Count == 0) delete.Bind(1, r.Series).Bind(2, r.Hour).Run();
                else upsert.Bind(1, r.Series).Bind(2, r.Hour).Bind(3, r.Count).Bind(4, r.Sum).Bind(5, r.Min).Bind(6, r.Max).Bind(7, r.ChangedAt).Run();
        }

        public override void Days(IReadOnlyCollection<(int Series, long Start, long End)> days, bool mayBeEmpty)
        {
            using var delete = new Statement(handle, $"DELETE FROM {database.T("days")} WHERE \"SeriesId\" = ?1 AND \"Day\" = ?2 AND NOT EXISTS (SELECT 1 FROM {database.T("hours")} h WHERE h.\"SeriesId\" = ?1 AND h.\"Hour\" >= ?2 AND h.\"Hour\" < ?3)");
            using var upsert = new Statement(handle, $"INSERT INTO {database.T("days")} ({DayColumns}) SELECT ?1, ?2, {OfHours} FROM {database.T("hours")} h WHERE h.\"SeriesId\" = ?1 AND h.\"Hour\" >= ?2 AND h.\"Hour\" < ?3 GROUP BY h.\"SeriesId\"{OverDay}");
            foreach (var (series, start, end) in days)
            {
                if (mayBeEmpty) delete.Bind(1, series).Bind(2, start).Bind(3, end).Run();
                upsert.Bind(1, series).Bind(2, start).Bind(3, end).Run();
            }
        }

        /// <summary>A prepared statement, without the boxes that a parameter collection puts around every number.</summary>
        private sealed class Statement : IDisposable
        {
            private readonly sqlite3 _handle;
            private readonly sqlite3_stmt _statement;

            public Statement(sqlite3 handle, string sql)
            {
                _handle = handle;
                Check(raw.sqlite3_prepare_v2(handle, sql, out _statement));
            }

            public Statement Bind(int index, long value)
            {
                raw.sqlite3_bind_int64(_statement, index, value);
                return this;
            }

            public Statement Bind(int index, double value)
            {
                if (double.IsNaN(value)) raw.sqlite3_bind_null(_statement, index);
                else raw.sqlite3_bind_double(_statement, index, value);
                return this;
            }

            public void Run()
            {
                Check(raw.sqlite3_step(_statement));
                raw.sqlite3_reset(_statement);
            }

            private void Check(int code)
            {
                if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE or raw.SQLITE_ROW)) throw new SqliteException(raw.sqlite3_errmsg(_handle).utf8_to_string(), code);
            }

            public void Dispose() => raw.sqlite3_finalize(_statement);
        }
    }

    private sealed class OnPostgres(CityDatabase database, NpgsqlConnection connection) : ReadingRows
    {
        /// <summary>Fewer rows are cheaper as arrays.</summary>
        private const int WorthCopying = 1_000;

        public override void Observations(List<ObservationRow> rows, bool certain)
        {
            if (rows.Count == 0) return;
            if (certain && rows.Count >= WorthCopying)
            {
                using var copy = connection.BeginBinaryImport($"COPY {database.T("observations")} ({ObservationColumns}) FROM STDIN (FORMAT BINARY)");
                foreach (var r in rows)
                {
                    copy.StartRow();
                    copy.Write(r.ObservedAt, NpgsqlDbType.Bigint);
                    copy.Write(r.Series, NpgsqlDbType.Integer);
                    copy.Write(r.FetchedAt, NpgsqlDbType.Bigint);
                    copy.Write(r.ObservedUntil, NpgsqlDbType.Bigint);
                    if (double.IsNaN(r.Value)) copy.WriteNull();
                    else copy.Write(r.Value, NpgsqlDbType.Double);
                    copy.Write(r.Quality, NpgsqlDbType.Smallint);
                }
                copy.Complete();
                return;
            }
            Run($"INSERT INTO {database.T("observations")} ({ObservationColumns}) SELECT * FROM unnest($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                rows.ConvertAll(r => r.ObservedAt).ToArray(), rows.ConvertAll(r => r.Series).ToArray(), rows.ConvertAll(r => r.FetchedAt).ToArray(), rows.ConvertAll(r => r.ObservedUntil).ToArray(),
                rows.ConvertAll(r => double.IsNaN(r.Value) ? (double?)null : r.Value).ToArray(), rows.ConvertAll(r => r.Quality).ToArray());
        }

        public override void Hours(List<HourRow> rows)
        {
            var gone = rows.FindAll(r => r.Count == 0);
            if (gone.Count > 0) Run($"DELETE FROM {database.T("hours")} h USING unnest($1, $2) AS g(series, hour) WHERE h.\"SeriesId\" = g.series AND h.\"Hour\" = g.hour", gone.ConvertAll(r => r.Series).ToArray(), gone.ConvertAll(r => r.Hour).ToArray());
            var full = rows.FindAll(r => r.Count > 0);
            if (full.Count == 0) return;
            Run($"INSERT INTO {database.T("hours")} ({HourColumns}) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7){OverHour}",
                full.ConvertAll(r => r.Series).ToArray(), full.ConvertAll(r => r.Hour).ToArray(), full.ConvertAll(r => r.Count).ToArray(), full.ConvertAll(r => r.Sum).ToArray(), full.ConvertAll(r => r.Min).ToArray(), full.ConvertAll(r => r.Max).ToArray(), full.ConvertAll(r => r.ChangedAt).ToArray());
        }

        public override void Days(IReadOnlyCollection<(int Series, long Start, long End)> days, bool mayBeEmpty)
        {
            if (days.Count == 0) return;
            object[] keys = [days.Select(d => d.Series).ToArray(), days.Select(d => d.Start).ToArray(), days.Select(d => d.End).ToArray()];
            var (these, hours) = ("unnest($1, $2, $3) AS d(series, begins, ends)", $"{database.T("hours")} h ON h.\"SeriesId\" = d.series AND h.\"Hour\" >= d.begins AND h.\"Hour\" < d.ends");
            if (mayBeEmpty) Run($"DELETE FROM {database.T("days")} t USING {these} WHERE t.\"SeriesId\" = d.series AND t.\"Day\" = d.begins AND NOT EXISTS (SELECT 1 FROM {database.T("hours")} h WHERE h.\"SeriesId\" = d.series AND h.\"Hour\" >= d.begins AND h.\"Hour\" < d.ends)", keys);
            Run($"INSERT INTO {database.T("days")} ({DayColumns}) SELECT d.series, d.begins, {OfHours} FROM {these} JOIN {hours} GROUP BY d.series, d.begins{OverDay}", keys);
        }

        private void Run(string sql, params object[] arrays)
        {
            using var command = new NpgsqlCommand(sql, connection);
            foreach (var array in arrays) command.Parameters.Add(new NpgsqlParameter { Value = array });
            command.ExecuteNonQuery();
        }
    }
}
