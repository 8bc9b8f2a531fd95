
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('monitoring', '0001_initial'),
        ('ratings', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(max_length=255, verbose_name='what is contested')),
                ('indicator', models.CharField(max_length=40, verbose_name='indicator')),
                ('key', models.UUIDField(default=uuid.uuid4, unique=True, verbose_name='key of the form')),
                ('wanted', models.CharField(blank=True, max_length=40, verbose_name='what it should be')),
                ('day', models.DateField(null=True, verbose_name='day')),
                ('post', models.CharField(blank=True, max_length=300, verbose_name='post')),
                ('text', models.TextField(blank=True, verbose_name='grounds')),
                ('state', models.CharField(choices=[('draft', 'not sent yet'), ('filed', 'waits for a decision'), ('accepted', 'accepted'), ('rejected', 'rejected'), ('withdrawn', 'withdrawn')], default='draft', max_length=10, verbose_name='state')),
                ('until', models.DateField(null=True, verbose_name='term')),
                ('changed_at', models.DateTimeField(verbose_name='changed at')),
                ('filed_at', models.DateTimeField(null=True, verbose_name='filed at')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('answer', models.TextField(blank=True, verbose_name='answer')),
                ('effect', models.JSONField(default=dict, verbose_name='effect')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                ('corrections', models.ManyToManyField(related_name='appeals', to='ratings.correction', verbose_name='corrections')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='monitoring.institution', verbose_name='institution')),
                ('score', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='ratings.score', verbose_name='score')),
            ],
            options={
                'verbose_name': 'appeal',
                'verbose_name_plural': 'appeals',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('kind', models.CharField(choices=[('pdf', 'PDF'), ('png', 'PNG'), ('jpg', 'JPEG'), ('xlsx', 'XLSX'), ('docx', 'DOCX'), ('txt', 'text')], max_length=4, verbose_name='kind')),
                ('file', models.CharField(max_length=32, unique=True, verbose_name='file')),
                ('size', models.PositiveIntegerField(verbose_name='bytes')),
                ('sha256', models.CharField(max_length=64, verbose_name='sha256')),
                ('added_at', models.DateTimeField(verbose_name='added at')),
                ('appeal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='appeals.appeal', verbose_name='appeal')),
            ],
            options={
                'verbose_name': 'evidence',
                'verbose_name_plural': 'evidence',
                'ordering': ['pk'],
            },
        ),
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(models.F('state'), models.F('institution'), name='appeal_state'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.UniqueConstraint(models.F('score'), models.F('item'), condition=models.Q(('state', 'filed')), name='appeal_open_once'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.UniqueConstraint(models.F('author'), models.F('score'), models.F('item'), condition=models.Q(('state', 'draft')), name='appeal_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('state__in', ('accepted', 'rejected'))), models.Q(models.Q(('state__in', ('accepted', 'rejected')), _negated=True), ('decided_at', None)), _connector='OR'), name='appeal_decided_when_decided'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.UniqueConstraint(models.F('appeal'), models.F('sha256'), name='evidence_once'),
        ),
    ]
