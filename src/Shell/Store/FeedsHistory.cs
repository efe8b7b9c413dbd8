using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.Shell.Store;

/// <summary>Events, things, figures, days, every answer, and when a document or an hour was known.</summary>
[DbContext(typeof(FeedsDb)), Migration("20261122120000_History")]
internal sealed class FeedsHistory : ModuleMigration
{
    protected override string ModuleKey => FeedsDb.Module;

    protected override void Up(MigrationBuilder m)
    {
        m.AddColumn<long>("ChangedAt", Table("hours"), schema: Schema, defaultValue: 0L);
        m.AddColumn<string>("Attributes", Table("documents"), schema: Schema, defaultValue: "");
        m.AddColumn<long>("FetchedAt", Table("documents"), schema: Schema, defaultValue: 0L);
        m.CreateTable(Table("days"), schema: Schema, columns: t => new
        {
            SeriesId = t.Column<int>(),
            Day = t.Column<long>(),
            Count = t.Column<int>(),
            Sum = t.Column<double>(),
            Min = t.Column<double>(),
            Max = t.Column<double>(),
        }, constraints: t => t.PrimaryKey("PK_feeds_days", x => new { x.SeriesId, x.Day }));
        m.CreateIndex("IX_feeds_days_day", Table("days"), "Day", schema: Schema);
        m.CreateTable(Table("document_versions"), schema: Schema, columns: t => new
        {
            Feed = t.Column<string>(maxLength: 100),
            Id = t.Column<string>(maxLength: 200),
            FetchedAt = t.Column<long>(),
            Until = t.Column<long>(),
            Title = t.Column<string>(),
            Link = t.Column<string>(nullable: true),
            Published = t.Column<long>(),
            Summary = t.Column<string>(),
            Language = t.Column<string>(nullable: true),
            Attributes = t.Column<string>(),
        }, constraints: t => t.PrimaryKey("PK_feeds_document_versions", x => new { x.Feed, x.Id, x.FetchedAt }));
        m.CreateTable(Table("events"), schema: Schema, columns: t => new
        {
            Feed = t.Column<string>(maxLength: 100),
            Id = t.Column<string>(maxLength: 400),
            FetchedAt = t.Column<long>(),
            Version = t.Column<long>(),
            Said = t.Column<long>(),
            Hash = t.Column<long>(),
            Status = t.Column<short>(),
            Kind = t.Column<string>(maxLength: 100),
            ReportedAt = t.Column<long>(),
            Expires = t.Column<long>(nullable: true),
            Until = t.Column<long>(nullable: true),
            Body = t.Column<string>(),
        }, constraints: t => t.PrimaryKey("PK_feeds_events", x => new { x.Feed, x.Id, x.FetchedAt, x.Version }));
        m.CreateIndex("IX_feeds_events_open", Table("events"), ["Feed", "Status", "Until"], schema: Schema);
        m.CreateIndex("IX_feeds_events_fetched", Table("events"), ["Feed", "FetchedAt"], schema: Schema);
        m.CreateIndex("IX_feeds_events_reported", Table("events"), ["Feed", "ReportedAt"], schema: Schema);
        m.CreateTable(Table("things"), schema: Schema, columns: t => new
        {
            Feed = t.Column<string>(maxLength: 100),
            Key = t.Column<string>(maxLength: 200),
            From = t.Column<long>(),
            Until = t.Column<long>(nullable: true),
            Body = t.Column<string>(),
        }, constraints: t => t.PrimaryKey("PK_feeds_things", x => new { x.Feed, x.Key, x.From }));
        m.CreateIndex("IX_feeds_things_now", Table("things"), ["Feed", "Until"], schema: Schema);
        m.CreateTable(Table("figures"), schema: Schema, columns: t => new
        {
            Feed = t.Column<string>(maxLength: 100),
            Indicator = t.Column<string>(maxLength: 200),
            Area = t.Column<string>(maxLength: 200),
            Period = t.Column<string>(maxLength: 20),
            FetchedAt = t.Column<long>(),
            Value = t.Column<double>(nullable: true),
            Unit = t.Column<string>(),
            Target = t.Column<double>(nullable: true),
            Until = t.Column<long>(nullable: true),
        }, constraints: t => t.PrimaryKey("PK_feeds_figures", x => new { x.Feed, x.Indicator, x.Area, x.Period, x.FetchedAt }));
        m.CreateIndex("IX_feeds_figures_now", Table("figures"), ["Feed", "Until"], schema: Schema);
        m.CreateTable(Table("fetches"), schema: Schema, columns: t => new
        {
            Feed = t.Column<string>(maxLength: 100),
            From = t.Column<long>(),
            Until = t.Column<long>(),
            Count = t.Column<int>(),
            Outcome = t.Column<short>(),
            Detail = t.Column<string>(nullable: true),
        }, constraints: t => t.PrimaryKey("PK_feeds_fetches", x => new { x.Feed, x.From }));
        m.CreateIndex("IX_feeds_fetches_until", Table("fetches"), "Until", schema: Schema);
        m.CreateTable(Table("answers"), schema: Schema, columns: t => new
        {
            Feed = t.Column<string>(maxLength: 100),
            From = t.Column<long>(),
            Until = t.Column<long>(),
            Count = t.Column<int>(),
            Outcome = t.Column<short>(),
            Detail = t.Column<string>(nullable: true),
            Rows = t.Column<int>(),
            Took = t.Column<int>(),
            ContentType = t.Column<string>(nullable: true),
            Hash = t.Column<string>(maxLength: 64),
            Size = t.Column<int>(),
        }, constraints: t => t.PrimaryKey("PK_feeds_answers", x => new { x.Feed, x.From }));
        m.CreateIndex("IX_feeds_answers_until", Table("answers"), ["Feed", "Until"], schema: Schema);
        m.CreateTable(Table("raw"), schema: Schema, columns: t => new
        {
            Hash = t.Column<string>(maxLength: 64),
            Bytes = t.Column<byte[]>(),
            KeepUntil = t.Column<long>(),
        }, constraints: t => t.PrimaryKey("PK_feeds_raw", x => x.Hash));
        m.CreateIndex("IX_feeds_raw_keep", Table("raw"), "KeepUntil", schema: Schema);
        m.CreateTable(Table("restored"), schema: Schema, columns: t => new
        {
            Month = t.Column<string>(maxLength: 7),
            At = t.Column<long>(),
        }, constraints: t => t.PrimaryKey("PK_feeds_restored", x => x.Month));
    }
}
